"""A test notices a mutant if it fails with it twice, and passes without it in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from tests.mutation import worker, world
from tests.mutation.tasks import UNFIT, Verdict
from tests.mutation.worker import Worker

TESTS = {"a": 0.1, "b": 0.1}


@pytest.fixture
def mutated(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Holds whether a mutant is in place."""
    held = [False]

    @contextmanager
    def replaced(*_: object) -> Iterator[None]:
        held[0] = True
        yield
        held[0] = False

    monkeypatch.setattr(worker, "replaced", replaced)
    monkeypatch.setattr(world, "made", [None])
    return held


def worker_with(mutated: list[bool], outcomes: dict[str, list[str]]) -> Any:
    """A worker whose tests end so: `.` passes, `F` fails, each after whether it was with the mutant (`m`) or not."""
    made: Any = object.__new__(Worker)
    made._items = {test: SimpleNamespace(nodeid=test) for test in TESTS}
    made._anchor = None
    made._session = SimpleNamespace(_setupstate=SimpleNamespace(teardown_exact=lambda _: None))

    def passes(item: Any, *_: object) -> bool:
        expected = outcomes[item.nodeid].pop(0)
        assert expected[0] == ("m" if mutated[0] else "o")
        return expected[1] == "."

    made._passes = passes
    return made


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        ("m.", "mF o. mF", Verdict("tests", "b", 2)),
        ("mF o. mF", "", Verdict("tests", "a", 1)),
        # By luck, with the mutant or without it.
        ("mF o. m.", "m.", Verdict("survived", "", 2)),
        ("mF oF o.", "m.", Verdict("survived", "", 2)),
        ("mF oF oF", "", Verdict("broken", f"{UNFIT}a", 1)),
    ],
)
def test_what_counts(mutated: list[bool], a: str, b: str, verdict: Verdict) -> None:
    outcomes = {"a": a.split(), "b": b.split()}
    mutant: Any = None
    assert worker_with(mutated, outcomes)._tested(mutant, TESTS) == verdict
    assert outcomes == {"a": [], "b": []}


def test_a_control_runs_all_tests_without_a_mutant(mutated: list[bool]) -> None:
    assert worker_with(mutated, {"a": ["oF"], "b": ["o."]}).control(TESTS) == ["a"]
