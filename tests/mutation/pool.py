"""The processes that try mutants, as many as there are cores; one that hangs or breaks is replaced."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from api.paths import ROOT
from api.terminal import say
from tests.mutation.tasks import UNFIT, Record, Try, Verdict

# Seconds: for a process to be ready, and for a task of it.
_START: Final = 180
_TASK: Final = 120
_TRIES: Final = 3
# Characters of a process's output that are shown, from its end.
_SHOWN: Final = 2000
# A verdict after which a process can't go on.
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

    def ask(self, task: Record | Try) -> Any:
        """The answer to a task; None if the process broke twice.

        A process whose world is damaged, so that a test fails without a mutant, is replaced, and asked once more. If
        that happens again, it's the mutant that does the damage.
        """
        answer = self._answer(task)
        if answer is None or _is_damage(answer):
            answer = self._answer(task)
        if _is_damage(answer):
            return Verdict("tests", f"{answer.by}, after it", answer.ran)
        return answer

    def _answer(self, task: Record | Try) -> Any:
        connection = self._connection or self._started()
        answer = None
        try:
            connection.send(task)
            if connection.poll(_TASK):
                answer = connection.recv()
            elif isinstance(task, Try):
                answer = Verdict("tests", TOO_LONG)
        except (EOFError, OSError):
            pass
        if answer is None or _is_damage(answer) or (isinstance(answer, Verdict) and answer.by == TOO_LONG):
            what = task.mutant.place if isinstance(task, Try) else task.path
            self.stop()
            said = (Path(self._folder.name) / "output").read_text("utf-8", "replace")[-_SHOWN:]
            say(f"a process is made anew after {what}: {answer.by if answer else f'it ended, and said: {said}'}")
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
            listener._listener._socket.settimeout(_START)  # type: ignore[attr-defined]
            self._connection = listener.accept()
        try:
            if self._connection.poll(_START) and self._connection.recv() == "ready":
                return self._connection
        except EOFError:
            pass
        raise NotReadyError((folder / "output").read_text("utf-8", "replace")[-_SHOWN:])


def in_turn(
    tasks: Iterable[Any], task_of: Callable[[Any], Record | Try | None], files: Sequence[str], count: int,
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
                answer = process.ask(task) if task is not None else None
                with lock:
                    done(each, answer)
        except BaseException as error:
            failures.append(error)
            raise
        finally:
            process.close()

    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        for thread in threads:
            thread.join()
    except KeyboardInterrupt as error:
        failures.append(error)
    if failures:
        raise failures[0]


def _is_damage(answer: Any) -> bool:
    return isinstance(answer, Verdict) and answer.by.startswith(UNFIT)
