"""What a process says is held against another one before it counts, and no answer is lost at the end."""

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.paths import QUERIES
from tests.mutation import pool
from tests.mutation.pool import TOO_LONG, NotReadyError, Process, in_turn
from tests.mutation.statements import statement_mutants
from tests.mutation.tasks import UNFIT, Control, Try, Verdict
from tests.mutation.vocabulary import read_vocabulary

DAMAGE = Verdict("broken", f"{UNFIT}b", 2)
LATE = Verdict("broken", TOO_LONG)
NOTICED = Verdict("tests", "b", 2)


@pytest.fixture(scope="module")
def task() -> Try:
    mutant = next(statement_mutants(QUERIES / "activity.sql", read_vocabulary()))
    return Try(mutant, {"a": 1.0, "b": 0.5, "c": 1.5})


@pytest.fixture
def process() -> Iterator[Process]:
    made = Process([])
    yield made
    made.close()


@pytest.mark.parametrize(
    ("answers", "verdict", "tests"),
    [
        ([NOTICED], NOTICED, ""),
        ([DAMAGE, NOTICED], NOTICED, ""),
        ([LATE, NOTICED], NOTICED, ""),
        ([None, None], None, ""),
        ([DAMAGE, DAMAGE, []], Verdict("tests", "b, after it", 2), "ab"),
        ([DAMAGE, DAMAGE, ["b"]], DAMAGE, "ab"),
        ([DAMAGE, DAMAGE, None], DAMAGE, "ab"),
        ([LATE, LATE, []], Verdict("tests", TOO_LONG), "abc"),
        ([LATE, LATE, None], LATE, "abc"),
    ],
)
def test_what_is_damaged_or_late_is_tried_without_the_mutant(
    task: Try, process: Process, monkeypatch: pytest.MonkeyPatch, *, answers: list[Any], verdict: Verdict, tests: str
) -> None:
    asked = []

    def answer(_: Process, task: Try | Control, seconds: float) -> Any:
        asked.append((task, seconds))
        return answers[len(asked) - 1]

    monkeypatch.setattr(Process, "_answer", answer)
    assert process.ask(task) == verdict
    assert len(asked) == len(answers)
    controls = [each for each, _ in asked if isinstance(each, Control)]
    assert ["".join(each.tests) for each in controls] == [tests] * bool(tests)
    # The first time, and then as long as the tests need that may each be late.
    assert [seconds for _, seconds in asked] == [120, 140, 140][: len(asked)]


def test_one_that_ends_as_it_starts_tells_why(
    process: Process, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "python"
    program.write_text("#!/bin/sh\necho no module\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    monkeypatch.setattr(pool, "_LOOK", 0.01)
    with pytest.raises(NotReadyError, match="no module"):
        process._started()


def test_answers_at_ctrl_c_are_not_lost(task: Try, monkeypatch: pytest.MonkeyPatch) -> None:
    interrupted = threading.Event()

    def ask(_: Process, task: Try) -> Verdict:
        os.kill(os.getpid(), signal.SIGINT)
        assert interrupted.wait(60)
        time.sleep(0.3)
        return NOTICED

    monkeypatch.setattr(Process, "ask", ask)
    monkeypatch.setattr(pool, "say", lambda _: interrupted.set())
    done: list[Any] = []
    with pytest.raises(KeyboardInterrupt):
        in_turn([1, 2], lambda _: task, [], 1, lambda *answered: done.append(answered))
    assert done == [(1, NOTICED)]
