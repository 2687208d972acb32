"""Verdicts of before count as long as what gave them is the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.paths import QUERIES
from tests.mutation import verdicts
from tests.mutation.mutants import Mutant
from tests.mutation.recordings import digest_of
from tests.mutation.statements import statement_mutants
from tests.mutation.tasks import UNFIT, Outcome, Verdict
from tests.mutation.verdicts import Verdicts
from tests.mutation.vocabulary import read_vocabulary


@pytest.fixture
def mutants() -> list[Mutant]:
    return list(statement_mutants(QUERIES / "activity.sql", read_vocabulary()))


@pytest.fixture
def test_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A tree with a test and a check, that may change."""
    monkeypatch.setattr(verdicts, "ROOT", tmp_path)
    for path in (tmp_path / "tests" / "test_it.py", tmp_path / "api" / "checks" / "check.py"):
        path.parent.mkdir(parents=True)
        path.write_text("before")
    yield tmp_path / "tests" / "test_it.py"
    _forget()


def _forget() -> None:
    digest_of.cache_clear()
    verdicts._digest_of_checks.cache_clear()


def _again(path: Path) -> Verdicts:
    """Verdicts as another run of the tool finds them."""
    _forget()
    return Verdicts(path)


def test_what_was_noticed_by_what_is_the_same(mutants: list[Mutant], test_file: Path, tmp_path: Path) -> None:
    kept = Verdicts(tmp_path / "data" / "mutants.json")
    by_check, by_test = Verdict("check", "a fault"), Verdict("tests", "tests/test_it.py::test_it", 3)
    kept.note(mutants[0], by_check)
    kept.note(mutants[1], by_test)
    kept.write()
    after = _again(tmp_path / "data" / "mutants.json")
    assert [after.of(mutant) for mutant in mutants[:3]] == [by_check, by_test, None]
    damage = Verdict("tests", f"{UNFIT}tests/test_it.py::test_it, after it")
    kept.note(mutants[3], damage)
    assert kept.of(mutants[3]) == damage
    test_file.write_text("another test")
    after = _again(tmp_path / "data" / "mutants.json")
    assert [after.of(mutant) for mutant in mutants[:2]] == [by_check, None]
    (tmp_path / "api" / "checks" / "check.py").write_text("another check")
    assert _again(tmp_path / "data" / "mutants.json").of(mutants[0]) is None
    test_file.unlink()
    assert _again(tmp_path / "data" / "mutants.json").of(mutants[1]) is None


@pytest.mark.parametrize(
    ("outcome", "by"), [("survived", ""), ("kept", "its plan"), ("broken", "it ended"), ("tests", "took too long")]
)
def test_others_are_tried_again(
    mutants: list[Mutant], test_file: Path, tmp_path: Path, outcome: Outcome, by: str
) -> None:
    kept = Verdicts(tmp_path / "mutants.json")
    kept.note(mutants[0], Verdict("tests", "tests/test_it.py::test_it"))
    kept.note(mutants[0], Verdict(outcome, by))
    assert test_file.exists()
    assert kept.of(mutants[0]) is None


def test_a_mutant_of_another_text_is_another(mutants: list[Mutant], test_file: Path, tmp_path: Path) -> None:
    kept = Verdicts(tmp_path / "mutants.json")
    kept.note(mutants[0], Verdict("check", "a fault"))
    assert test_file.exists()
    assert [kept.of(mutant) is None for mutant in mutants] == [False] + [True] * (len(mutants) - 1)
