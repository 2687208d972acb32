"""The processes that try mutants, as many as there are cores; one that hangs or breaks is replaced."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from api.paths import ROOT
from api.terminal import say
from tests.mutation.tasks import LONGER, PATIENCE, UNFIT, Control, Task, Try, Verdict

# Seconds: for a process to be ready, between two looks whether it has ended instead, and for a task of it.
_START: Final = 180
_LOOK: Final = 0.5
_TASK: Final = 120
_POLL: Final = 0.1
_TRIES: Final = 3
# Characters of a process's output that are shown, from its end.
_SHOWN: Final = 2000
TOO_LONG: Final = "took too long"


class NotReadyError(Exception):
    """A process isn't ready; the message is the end of what it printed."""


class Process:
    """A pytest process with the plugin `worker`, and the connection to it."""

    def __init__(self, files: Sequence[str]) -> None:
        self._files = files
        self._folder = TemporaryDirectory(prefix="nestwerk-mutation-", ignore_cleanup_errors=True)
        # PostgreSQL runs as another user under root.
        Path(self._folder.name).chmod(0o711)
        self._connection: Connection[Any, Any] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, task: Task) -> Any:
        """The answer to a task; None if the process broke twice.

        A process whose world is damaged, so that a test fails without a mutant, is replaced, and asked once more, and
        so is one that takes too long. If that happens again, and another process runs the same tests well without the
        mutant, it's the mutant's doing.
        """
        answer = self._answer(task, _TASK)
        if not _is_unfit(answer):
            return answer
        seconds = _TASK + PATIENCE + LONGER * sum(task.tests.values()) if isinstance(task, Try) else _TASK
        answer = self._answer(task, seconds)
        if not isinstance(task, Try) or answer is None or not _is_unfit(answer):
            return answer
        # A test that fails was the last one to be run.
        last = answer.by.removeprefix(UNFIT)
        tests = list(task.tests)
        ran = tests[: tests.index(last) + 1] if last in tests else tests
        failed = self._answer(Control({test: task.tests[test] for test in ran}), seconds)
        if failed == []:
            return Verdict("tests", f"{last}, after it" if last in tests else TOO_LONG, answer.ran)
        if failed is not None:
            self.stop()
        return answer

    def _answer(self, task: Task, seconds: float) -> Any:
        connection = self._connection or self._started()
        answer = None
        try:
            connection.send(task)
            if connection.poll(seconds):
                answer = connection.recv()
            elif isinstance(task, Try):
                answer = Verdict("broken", TOO_LONG)
        except (EOFError, OSError):
            pass
        if _is_unfit(answer):
            what = "tests without a mutant"
            if not isinstance(task, Control):
                what = task.mutant.place if isinstance(task, Try) else task.path
            self.stop()
            why = answer.by if answer else f"it ended, and said: {self._said()}"
            say(f"a process is made anew after {what}: {why}")
        return answer

    def stop(self) -> None:
        """End it, so that its fixtures are torn down; if it hangs, end what it started too."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if self._process is None:
            return
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            # A PostgreSQL server has a session of its own.
            for path in Path(self._folder.name).rglob("postmaster.pid"):
                with suppress(ProcessLookupError):
                    os.kill(int(path.read_text().split()[0]), signal.SIGINT)
        self._process = None

    def close(self) -> None:
        self.stop()
        self._folder.cleanup()

    def _started(self) -> "Connection[Any, Any]":
        """Start it, again if it isn't ready in time, as on a machine with much other work."""
        for _ in range(_TRIES - 1):
            try:
                return self._start()
            except NotReadyError:
                self.stop()
        return self._start()

    def _start(self) -> "Connection[Any, Any]":
        folder = Path(self._folder.name)
        address = str(folder / f"socket-{os.urandom(4).hex()}")
        environment = os.environ | {
            "MUTATION_SOCKET": address,
            "TMPDIR": str(folder),
            "MUTANT_FILE": str(folder / "mutant.json"),
            "RUN_FILE": str(folder / "run"),
            "PYTHONPATH": str(ROOT / "tests" / "mutation" / "hook"),
        }
        (folder / "mutant.json").write_text("{}")
        with Listener(address) as listener, (folder / "output").open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pytest", "-q", "-p", "tests.mutation.worker", "-p", "no:cacheprovider",
                 "-p", "no:xdist", "-p", "no:unraisableexception", "tests/mutation/world.py", *self._files],
                cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip
            # multiprocessing offers no time limit of its own.
            listener._listener._socket.settimeout(_LOOK)  # type: ignore[attr-defined]
            deadline = time.monotonic() + _START
            while self._connection is None and self._process.poll() is None and time.monotonic() < deadline:
                with suppress(TimeoutError):
                    self._connection = listener.accept()
        with suppress(EOFError, OSError):
            if self._connection is not None and self._connection.poll(_START) and self._connection.recv() == "ready":
                return self._connection
        raise NotReadyError(self._said())

    def _said(self) -> str:
        return (Path(self._folder.name) / "output").read_text("utf-8", "replace")[-_SHOWN:]


def in_turn(
    tasks: Iterable[Any], task_of: Callable[[Any], Task], files: Sequence[str], count: int,
    done: Callable[[Any, Any], None],
) -> None:  # fmt: skip
    """Have processes work through tasks; `task_of` makes each when its turn comes, `done` gets it and the answer."""
    waiting: queue.SimpleQueue[Any] = queue.SimpleQueue()
    for each in tasks:
        waiting.put(each)
    failures: list[BaseException] = []
    lock = threading.Lock()

    def work() -> None:
        process = Process(files)
        try:
            while not failures:
                try:
                    each = waiting.get_nowait()
                except queue.Empty:
                    return
                with lock:
                    task = task_of(each)
                answer = process.ask(task)
                with lock:
                    done(each, answer)
        except BaseException as error:
            failures.append(error)
            raise
        finally:
            process.close()

    threads = [threading.Thread(target=work) for _ in range(count)]
    try:
        for thread in threads:
            thread.start()
        _wait_for(threads)
    except KeyboardInterrupt as error:
        failures.append(error)
        say("what is being tried comes to its end first")
        _wait_for(threads)
    if failures:
        raise failures[0]


def _wait_for(threads: Sequence[threading.Thread]) -> None:
    """Wait until threads have ended; Python takes one for ended if a signal interrupts `join`."""
    while any(thread.is_alive() for thread in threads):
        time.sleep(_POLL)


def _is_unfit(answer: Any) -> bool:
    """Whether a process can't go on after an answer."""
    return answer is None or (isinstance(answer, Verdict) and answer.outcome == "broken")
