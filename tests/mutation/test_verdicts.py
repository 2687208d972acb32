"""Verdicts of before count as long as what gave them is the same."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from api.paths import QUERIES
from tests.mutation import digests, verdicts
from tests.mutation.digests import digest_of_checks, digest_of_test
from tests.mutation.mutants import Mutant
from tests.mutation.statements import statement_mutants
from tests.mutation.tasks import Outcome, Verdict
from tests.mutation.verdicts import Verdicts
from tests.mutation.vocabulary import read_vocabulary

TREE = {
    "tests/test_it.py": "import pytest\nfrom tests.schema import rows\n",
    "tests/conftest.py": "",
    "tests/schema/__init__.py": "",
    "tests/schema/rows.py": "def row():\n    from tests.schema.values import text\n",
    "tests/schema/values.py": "from tests.schema import rows\n",
    "tests/schema/conftest.py": "",
    "tests/schema/test_keys.py": "",
    "api/checks/check.py": "",
    "api/users/facts.py": "",
    "sql/queries/users.sql": "",
}


@pytest.fixture
def mutants() -> list[Mutant]:
    return list(statement_mutants(QUERIES / "activity.sql", read_vocabulary()))


@pytest.fixture
def test_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A tree with tests and a check, that may change."""
    for module in (digests, verdicts):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    for path, text in TREE.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    yield tmp_path / "tests" / "test_it.py"
    _forget()


def _forget() -> None:
    for cached in (digest_of_test, digest_of_checks, digests._digest_of_file, digests._imported):
        cached.cache_clear()


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
    damage = Verdict("tests", "tests/test_it.py::test_it, after it")
    kept.note(mutants[3], damage)
    assert kept.of(mutants[3]) == damage
    test_file.write_text("# another test")
    after = _again(tmp_path / "data" / "mutants.json")
    assert [after.of(mutant) for mutant in mutants[:2]] == [by_check, None]
    (tmp_path / "api" / "checks" / "check.py").write_text("# another check")
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


def test_notes_on_mutants_make_no_other(mutants: list[Mutant], test_file: Path, tmp_path: Path) -> None:
    kept = Verdicts(tmp_path / "mutants.json")
    kept.note(mutants[0], Verdict("check", "a fault"))
    header, _, rest = mutants[0].statement.partition("\n")

    def is_kept_with(*comments: str) -> bool:
        return kept.of(msgspec.structs.replace(mutants[0], statement="\n".join([header, *comments, rest]))) is not None

    assert test_file.exists()
    assert is_kept_with(
        "-- equivalent: limit: a -> nothing,", "--   because b.", "-- equivalent: null: a -> b, because c."
    )
    assert not is_kept_with("-- limit: the caller has few of them.")
    assert not is_kept_with("-- Rows of 30 days.")
    assert not is_kept_with("-- equivalent: limit: a -> nothing, because b.", "-- owner: none.")


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ("tests/schema/rows.py", False),
        ("tests/schema/values.py", False),
        ("tests/conftest.py", False),
        ("tests/schema/conftest.py", True),
        ("tests/schema/test_keys.py", True),
        ("api/users/facts.py", True),
    ],
)
def test_what_a_test_is_made_of(changed: str, *, counts: bool, test_file: Path, tmp_path: Path) -> None:
    before = digest_of_test("tests/test_it.py")
    of_folder = digest_of_test("tests/schema/test_keys.py")
    _forget()
    (tmp_path / changed).write_text("# another")
    assert test_file.exists()
    assert (digest_of_test("tests/test_it.py") == before) == counts
    assert (digest_of_test("tests/schema/test_keys.py") == of_folder) == (
        not changed.endswith(("conftest.py", "keys.py"))
    )


@pytest.mark.parametrize(
    ("changed", "of_statements", "of_objects"),
    [("api/users/facts.py", False, False), ("sql/queries/users.sql", True, False), ("tests/test_it.py", True, True)],
)
def test_what_checks_read(
    changed: str, *, of_statements: bool, of_objects: bool, test_file: Path, tmp_path: Path
) -> None:
    before = [digest_of_checks(of_statement=each) for each in (True, False)]
    _forget()
    (tmp_path / changed).write_text("# another")
    assert test_file.exists()
    after = [digest_of_checks(of_statement=each) for each in (True, False)]
    assert [one == other for one, other in zip(before, after, strict=True)] == [of_statements, of_objects]
