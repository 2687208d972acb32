"""Keeps the workers running: it starts, watches, replaces and stops them."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Final

from api.http1.limits import FAREWELL_SECONDS
from api.metrics import Counter
from api.paths import ROOT
from api.server.announcements import Announcements
from api.server.board import Row, Stage, create_board
from api.server.monitoring.totals import Totals
from api.server.places import Place, Worker
from api.server.sockets import refuse_new
from api.server.worker import STOP_TIMEOUT
from api.terminal import warn

# Seconds.
_INTERVAL: Final = 0.05
# How long a worker may take to start, to be ready when it replaces another, and to be silent.
_START_TIMEOUT: Final = 60.0
_READY_TIMEOUT: Final = 30.0
_SILENCE: Final = 5.0
# A worker that ran for so long is replaced at once; one that didn't after waits that double up to the longest.
_PROVEN: Final = 10.0
_FIRST_WAIT: Final = 0.5
_LONGEST_WAIT: Final = 10.0

_STARTS: Final = Counter("nestwerk_worker_starts_total", "Workers that were started.")
_FAILURES: Final = Counter("nestwerk_worker_failures_total", "Workers that ended unasked, or hung and were killed.")


class Supervisor:
    """Runs a number of workers on listening sockets until SIGINT or SIGTERM; SIGHUP replaces them one by one.

    A worker that ends is replaced. One that is replaced, as at SIGHUP, goes on until its successor is ready, so that a
    release that can't serve changes nothing. After the first signal to stop, everything is served for some seconds more
    while the service says that it isn't ready, so that whoever sends it requests goes on elsewhere.
    """

    def __init__(  # noqa: PLR0913
        self,
        listening: Sequence[socket.socket],
        workers: int,
        environment: Mapping[str, str],
        announcements: Announcements,
        totals: Totals,
        *,
        drain_seconds: int,
    ) -> None:
        """Take bound sockets, how many workers there are to be, their environment, and what adds up their counts."""
        self._listening = listening
        self._environment = dict(environment)
        self._places = [Place() for _ in range(workers)]
        self._leaving: list[tuple[Worker, float]] = []
        # A row for each worker, its successor, and one that is retired and still stops.
        self._board = create_board(3 * workers)
        self._has_served = False
        self._is_ready = False
        self._announcements = announcements
        self._drain_seconds = drain_seconds
        self._stop_signals = 0
        self._to_replace: list[Place] = []
        self._reload = False
        self._looked = time.monotonic()
        self._totals = totals
        totals.watch(self._rows)

    def workers(self) -> list[tuple[int, Row]]:
        """Process ids of the workers that run, and their rows on the board; any thread may ask."""
        return [(each.process.pid, each.row) for each in self._running() if each.process.returncode is None]

    def _rows(self) -> list[tuple[Row, bool]]:
        running = {row for _, row in self.workers()}
        return [(row, row in running) for row in self._board.rows]

    def run(self) -> int:
        """Run until a signal; returns the exit status: that of a worker if none ever served."""
        signal.signal(signal.SIGINT, self._stop)
        signal.signal(signal.SIGTERM, self._stop)
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # nohup
            signal.signal(signal.SIGHUP, self._ask_to_reload)
        for place in self._places:
            place.worker = self._start()
        status = 0
        while not (self._stop_signals or status):
            status = self._step()
            time.sleep(_INTERVAL)
        if not status:
            self._drain()
        self._announcements.stopping()
        self._stop_all()
        return status

    def _stop(self, *_: object) -> None:
        self._stop_signals += 1
        self._reload = False

    def _ask_to_reload(self, *_: object) -> None:
        self._reload = not self._stop_signals

    def _drain(self) -> None:
        if not (self._drain_seconds and self._is_ready):
            return
        # First it is so, then it's said: whoever reads it may ask at once.
        self._board.is_leaving = True
        self._announcements.draining(self._drain_seconds)
        # None is ready any more, so none can replace another.
        self._give_up_renewal()
        deadline = time.monotonic() + self._drain_seconds
        while time.monotonic() < deadline and self._stop_signals == 1:
            self._step()
            time.sleep(_INTERVAL)

    def _start(self) -> Worker:
        used = {worker.row for worker in self._running()}
        number, row = next((number, row) for number, row in enumerate(self._board.rows) if row not in used)
        self._totals.clear(row)
        _STARTS.add()
        descriptors = [listening.fileno() for listening in self._listening]
        arguments = (",".join(map(str, descriptors)), self._board.descriptor, number, os.getpid())
        command = [sys.executable, "-m", "api.server.worker_process", *map(str, arguments)]
        # Signals for the group, as a terminal's, are for the parent alone, which decides what they mean for workers.
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=ROOT,
            env=self._environment,
            pass_fds=[*descriptors, self._board.descriptor],
            process_group=0,
        )
        return Worker(process, row)

    def _running(self) -> list[Worker]:
        kept = [worker for place in self._places for worker in (place.worker, place.successor) if worker]
        return kept + [worker for worker, _ in self._leaving]

    def _step(self) -> int:
        """Look at all workers; returns the status of one that ended before any served."""
        if self._reload:
            self._reload = False
            self._announcements.renewal_began()
            self._to_replace = list(self._places)
            # A successor that was started before may be of an older release.
            for place in self._places:
                self._retire_successor(place)
        now = time.monotonic()
        # This process may have been stopped too: then all its workers look silent, and get the time anew.
        paused, self._looked = now - self._looked > 1, now
        for worker in self._running():
            if paused:
                worker.heard = now
            self._end_if_hung(worker, now)
        for place in self._places:
            if status := self._look_at(place):
                return status
        if not self._is_ready and any(each.worker and each.worker.row.stage == Stage.READY for each in self._places):
            self._is_ready = True
            self._announcements.ready()
        self._announcements.alive()
        self._replace_next()
        self._bury()
        return 0

    def _end_if_hung(self, worker: Worker, now: float) -> None:
        """Kill a worker that is stopped, or whose loop doesn't come round."""
        beats = worker.row.beats
        if beats != worker.beats:
            worker.beats, worker.heard = beats, now
            return
        if now - worker.heard > (_SILENCE if worker.beats else _START_TIMEOUT) and worker.process.poll() is None:
            _kill(worker, "answer")

    def _look_at(self, place: Place) -> int:
        worker = place.worker
        if worker is None:
            if time.monotonic() >= place.start_at:
                place.worker = self._start()
            return 0
        self._has_served = self._has_served or worker.row.stage >= Stage.SERVING
        status = worker.process.poll()
        if status is None:
            return 0
        place.worker, place.successor = place.successor, None
        if not self._has_served:
            return status if status > 0 else 1
        place.wait = 0.0 if worker.age > _PROVEN else min(max(_FIRST_WAIT, place.wait * 2), _LONGEST_WAIT)
        place.start_at = time.monotonic() + place.wait
        _FAILURES.add()
        warn(f"worker {worker.process.pid} ended with status {status}" + _in(place.wait))
        return 0

    def _replace_next(self) -> None:
        if not self._to_replace:
            return
        place = self._to_replace[0]
        successor = place.successor
        if successor is None:
            # Each place keeps a row; there may be none for a successor while many workers still stop.
            if len(self._places) + len(self._leaving) < len(self._board.rows):
                place.successor = self._start()
        elif successor.row.stage == Stage.READY:
            # There's none where it ended and waits to be started again.
            if place.worker is not None:
                self._retire(place.worker)
            place.worker, place.successor = successor, None
            self._replaced()
        elif successor.process.poll() is not None or successor.age > _READY_TIMEOUT:
            self._give_up_renewal()

    def _replaced(self) -> None:
        self._to_replace.pop(0)
        if not self._to_replace:
            self._announcements.renewal_ended(succeeded=True)

    def _give_up_renewal(self) -> None:
        if self._to_replace:
            self._to_replace.clear()
            for place in self._places:
                self._retire_successor(place)
            self._announcements.renewal_ended(succeeded=False)

    def _retire(self, worker: Worker) -> None:
        worker.process.terminate()
        self._leaving.append((worker, time.monotonic()))

    def _retire_successor(self, place: Place) -> None:
        if place.successor is not None:
            if place.successor.row.stage == Stage.CLOSED:
                # Nobody is served by it, and it may hang.
                place.successor.process.kill()
            self._retire(place.successor)
            place.successor = None

    def _bury(self) -> None:
        """Forget retired workers that have ended, and end those that don't."""
        for worker, since in list(self._leaving):
            if worker.process.poll() is not None:
                self._leaving.remove((worker, since))
            elif time.monotonic() - since > STOP_TIMEOUT + _SILENCE:
                worker.process.kill()

    def _stop_all(self) -> None:
        workers = self._running()
        for worker in workers:
            worker.process.terminate()
        # The workers accept connections for a moment more, and in its second half only those that wait already.
        time.sleep(FAREWELL_SECONDS / 2)
        for listening in self._listening:
            refuse_new(listening)
            listening.close()
        deadline = time.monotonic() + STOP_TIMEOUT + _SILENCE
        while running := [worker for worker in workers if worker.process.poll() is None]:
            now = time.monotonic()
            for worker in running:
                if now > deadline:
                    _kill(worker, "stop")
                else:
                    self._end_if_hung(worker, now)
            self._announcements.alive()
            time.sleep(_INTERVAL)


def _kill(worker: Worker, lacking: str) -> None:
    warn(f"worker {worker.process.pid} doesn't {lacking}: it is killed")
    worker.process.kill()
    worker.process.wait()


def _in(seconds: float) -> str:
    return f"; another starts in {seconds:g} s" if seconds else "; another starts"
