"""A pytest plugin: a process that keeps everything warm, and runs the tests that it's asked to run, on mutants.

`MUTATION_SOCKET` is where the tool listens.
"""

import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Client
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any, Final

import msgspec
import pytest
from _pytest.runner import runtestprotocol

from tests.mutation import world
from tests.mutation.checking import Checks
from tests.mutation.mutants import Mutant
from tests.mutation.replacing import replaced
from tests.mutation.tasks import LONGER, PATIENCE, UNFIT, Control, Record, Task, Touch, Try, Verdict

# Seconds after which what goes on nevertheless is stopped again, such as a fixture that waits as it's torn down.
_AGAIN: Final = 2.0


class Worker:
    """Runs tests of a pytest session in any order and number."""

    def __init__(self, session: pytest.Session) -> None:
        self._session = session
        self._items = {item.nodeid: item for item in session.items}
        # Stands for a next test, so that pytest keeps the fixtures of the session and no others.
        self._anchor: Any = SimpleNamespace(listchain=lambda: [session])
        first = next(item for item in session.items if item.path.name == "world.py")
        if not self._passes(first, self._anchor, 120):
            raise RuntimeError("the world of the tests could not be made")
        self._checks = Checks(world.made[0])
        self._run = Path(os.environ["RUN_FILE"])

    def record(self, path: str) -> list[Touch]:
        """Tests of a file, the statements that they run, if any, and whether they pass twice in a row."""
        items = [item for item in self._items.values() if str(item.path).endswith(f"/{path}")]
        touches = []
        for item in items:
            self._run.write_bytes(b"")
            started = time.monotonic()
            passes = self._passes(item, self._anchor, 20)
            seconds = time.monotonic() - started
            statements = sorted(set(self._run.read_text().split()))
            passes = passes and self._passes(item, self._anchor, 20)
            touches.append(Touch(item.nodeid, seconds, statements, passes))
        return touches

    def control(self, tests: Mapping[str, float]) -> list[str]:
        """Tests that fail without a mutant, as they are run with one: one after the other."""
        items = [self._items[test] for test in tests if test in self._items]
        return [
            item.nodeid
            for item, following in zip(items, [*items[1:], self._anchor], strict=True)
            if not self._passes(item, following, PATIENCE + LONGER * tests[item.nodeid])
        ]

    def answer(self, task: Task) -> Any:
        match task:
            case Record():
                return self.record(task.path)
            case Control():
                return self.control(task.tests)
        return self.attempt(task)

    def attempt(self, task: Try) -> Verdict:
        verdict = self._checks.verdict(task.mutant)
        if verdict.outcome not in {"survived", "kept"} or not task.tests:
            return verdict
        found = self._tested(task.mutant, task.tests)
        return msgspec.structs.replace(verdict, ran=found.ran) if found.outcome == "survived" else found

    def _tested(self, mutant: Mutant, tests: Mapping[str, float]) -> Verdict:
        """Run tests until one fails, passes without the mutant and fails with it again, so that it isn't by luck."""
        items = [self._items[test] for test in tests if test in self._items]
        count = 0
        while items:
            passed = self._run_until_failure(mutant, items, tests)
            count += min(passed + 1, len(items))
            if passed == len(items):
                break
            failed, items = items[passed], items[passed + 1 :]
            patience = 2 * PATIENCE + LONGER * tests[failed.nodeid]
            if self._passes(failed, self._anchor, patience):
                if self._run_until_failure(mutant, [failed], tests) == 0:
                    return Verdict("tests", failed.nodeid, count)
            elif not self._passes(failed, self._anchor, patience):
                return Verdict("broken", f"{UNFIT}{failed.nodeid}", count)
        return Verdict("survived", "", count)

    def _run_until_failure(self, mutant: Mutant, items: Sequence[pytest.Item], tests: Mapping[str, float]) -> int:
        """How many tests pass before one fails."""
        with replaced(mutant, world.made[0]):
            try:
                for position, (item, following) in enumerate(zip(items, [*items[1:], self._anchor], strict=True)):
                    if not self._passes(item, following, PATIENCE + LONGER * tests[item.nodeid]):
                        return position
                return len(items)
            finally:
                self._session._setupstate.teardown_exact(self._anchor)

    def _passes(self, item: pytest.Item, following: Any, seconds: float) -> bool:
        with _at_most(seconds):
            try:
                reports = runtestprotocol(item, log=False, nextitem=following)
            except (pytest.fail.Exception, SystemError, Warning) as error:
                # The alarm may come while a plugin works, which raises what it makes of that.
                sys.stderr.write(f"{item.nodeid}\n{error}\n")
                return False
        failed = [report for report in reports if report.failed]
        for report in failed:
            sys.stderr.write(f"{report.nodeid}\n{report.longreprtext}\n")
        return not failed


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Fail what takes longer, as a mutant may loop."""

    def stop(_signal: int, _frame: FrameType | None) -> None:
        pytest.fail(f"took longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
    try:
        yield
    finally:
        try:
            signal.setitimer(signal.ITIMER_REAL, 0)
        finally:
            # Once more, as the alarm may have come just before.
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Do what the tool asks for, until it closes the connection."""
    with Client(os.environ["MUTATION_SOCKET"]) as connection:
        worker = Worker(session)
        connection.send("ready")
        while True:
            try:
                task = connection.recv()
            except EOFError:
                return True
            connection.send(worker.answer(task))
