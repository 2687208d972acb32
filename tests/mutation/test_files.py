"""Mutants of whole files: places and diffs, what takes their place in a database, notes on them, and the score."""

from pathlib import Path

import pytest

from api.app import load_routers
from api.paths import MIGRATIONS, QUERIES, ROOT
from tests.mutation import candidates
from tests.mutation.candidates import Candidates
from tests.mutation.definitions import read_definitions
from tests.mutation.mutants import Mutant
from tests.mutation.notes import Note, NoteError, needless, read_notes
from tests.mutation.objects import object_mutants
from tests.mutation.report import Result, marked, score, tables
from tests.mutation.scripts import roles_mutants, rollback_mutants
from tests.mutation.statements import statement_mutants
from tests.mutation.tasks import Touch, Verdict
from tests.mutation.vocabulary import read_vocabulary

FILE = "sql/queries/activity.sql"


@pytest.fixture(scope="module")
def of_statement() -> list[Mutant]:
    load_routers()
    return list(statement_mutants(ROOT / FILE, read_vocabulary()))


def test_a_statement(of_statement: list[Mutant]) -> None:
    [mutant] = [each for each in of_statement if each.operator == "limit" and not each.new]
    assert mutant.place == f"{FILE}:12: list_activity: limit: «limit :count»; -> nothing"
    assert list(mutant.diff())[2:] == [
        "- order by happened_at desc, id desc",
        "- limit :count;",
        "+ order by happened_at desc, id desc;",
    ]
    assert mutant.statement.startswith("-- name: list_activity :many\n")
    assert mutant.statement.endswith(" order by happened_at desc, id desc;\n")


def test_objects() -> None:
    standing = read_definitions()
    path = MIGRATIONS / "0003_sessions.sql"
    mutants = list(object_mutants([each for each in standing if each.path == path], standing, read_vocabulary()))
    scripts = {(each.subject, each.operator): (each.apply, each.undo) for each in mutants}
    assert scripts["sessions.token_digest", "not null"] == (
        "alter table sessions alter column token_digest drop not null",
        "alter table sessions alter column token_digest set not null",
    )
    apply, undo = scripts["sessions_user_id_fkey", "on delete"]
    assert apply.endswith("references users (id) on delete restrict;")
    assert undo.endswith("references users (id) on delete cascade not valid;")
    # A later migration has other checks, and what it replaces no longer stands.
    assert {each.path.name for each in standing if each.name == "set_updated_at"} == {"0050_versions.sql"}


def test_what_a_function_is_used_by() -> None:
    standing = read_definitions()
    functions = [each for each in standing if each.name == "set_updated_at"]
    mutant = next(object_mutants(functions, standing, read_vocabulary()))
    assert {"child_profiles", "parent_profiles", "users"} <= {*mutant.about}


def test_rollbacks_and_roles() -> None:
    rollback = list(rollback_mutants(MIGRATIONS / "0048_audit_events_by_moment.rollback.sql"))
    assert [each.operator for each in rollback][-1] == "rollback destroys"
    assert {"grant more", "grant option", "statement lost"} <= {each.operator for each in roles_mutants()}


def test_notes(of_statement: list[Mutant]) -> None:
    mutant = of_statement[0]
    text = f"# Why.\n{FILE}: {mutant.subject}: {mutant.label}, because it does the same\n"
    note = read_notes(text)[-1]
    assert (note.label, note.reason, note.covers(mutant)) == (mutant.label, "it does the same", True)
    assert needless([note], [mutant], {FILE}) == []
    assert needless([note], [], {FILE}) == [note]
    # A file that wasn't tried says nothing about its notes.
    assert needless([note], [], set()) == []


def test_a_note_without_a_reason() -> None:
    with pytest.raises(NoteError, match=r"equivalents\.txt:1: write `FILE: SUBJECT: LABEL, because REASON`"):
        read_notes("sql/roles.sql: roles: union in union all: all -> nothing")


@pytest.mark.long
def test_notes_of_the_tree_are_of_mutants() -> None:
    """Whether they survive is only known when they are tried."""
    files = {note.file for note in read_notes() if note.file.startswith("sql/queries/")}
    vocabulary = read_vocabulary()
    mutants = [mutant for file in files for mutant in statement_mutants(ROOT / file, vocabulary)]
    assert needless(read_notes(), mutants, files) == []


def test_which_tests_are_run_first(of_statement: list[Mutant]) -> None:
    touches = [
        Touch("tests/users/test_account.py::far", 1.0, ["list_activity", "get_account"]),
        Touch("tests/activity/test_activity.py::slower", 15.0, ["list_activity"]),
        Touch("tests/activity/test_activity.py::slow", 4.0, ["list_activity"]),
        Touch("tests/activity/test_activity.py::near[b]", 0.6, ["list_activity"]),
        Touch("tests/activity/test_activity.py::near[a]", 0.5, ["list_activity"]),
        Touch("tests/activity/test_activity.py::other", 0.7, ["list_activity"]),
        Touch("tests/users/test_account.py::other", 1.0, ["get_account"]),
    ]
    candidates = Candidates(touches, most_seconds=4.0)
    near = [f"tests/activity/test_activity.py::{name}" for name in ("near[a]", "other", "slow", "near[b]")]
    far = "tests/users/test_account.py::far"
    # Tests of its own feature may take twice as long, and leave no time for others.
    assert list(candidates.of(of_statement[0])) == near
    candidates.note(of_statement[0], far)
    assert list(candidates.of(of_statement[0])) == [far, *near]
    assert candidates.of(of_statement[0])[far] == 1.0


def test_which_tests_name_a_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {"both": "users.username", "column": "username of a mail", "within": "superusers.usernames"}
    for name, text in texts.items():
        (tmp_path / name).write_text(f'def test():\n    run("{text}")\n')
    monkeypatch.setattr(candidates, "ROOT", tmp_path)
    standing = read_definitions()
    columns = [each for each in standing if (each.kind, each.table, each.name) == ("column", "users", "username")]
    mutant = next(object_mutants(columns, standing, read_vocabulary()))
    assert list(Candidates([Touch(f"{name}::test", 0.1, []) for name in texts]).of(mutant)) == ["both::test"]


def test_which_tests_name_a_function(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {
        "far": "def test_words():\n    plain()\n",
        "called": "def test_others():\n    pass\n\n\ndef test_plain_words_of_one():\n    pass\n",
        "calling": "def test_others():\n    pass\n\n\ndef test_more():\n    run('plain_words(1)')\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(candidates, "ROOT", tmp_path)
    standing = read_definitions()
    functions = [each for each in standing if each.name == "plain_words"]
    mutant = next(object_mutants(functions, standing, read_vocabulary()))
    tests = ["far::test_words", "called::test_others", "called::test_plain_words_of_one", "calling::test_more"]
    touches = [Touch(test, 0.1 * place, []) for place, test in enumerate(tests)]
    found = list(Candidates(touches).of(mutant))
    assert found == ["called::test_plain_words_of_one", "calling::test_more", "called::test_others"]


def test_the_score(of_statement: list[Mutant]) -> None:
    notes = [Note(FILE, "list_activity", of_statement[3].label, "it is")]
    outcomes = ["check", "tests", "stillborn", "survived", "kept", "survived"]
    results = [
        Result(mutant, Verdict(outcome, ""))  # type: ignore[arg-type]
        for mutant, outcome in zip(of_statement[:6], outcomes, strict=True)
    ]
    assert score(results, notes) == "2 of 4 mutants are noticed (50.0 %)"
    assert tables(results, notes).splitlines()[-1] == "| all | 5 | 1 | 1 | 1 | 1 | 1 |"
    assert marked("a\n<!-- mutants -->\nold\n<!-- /mutants -->\nb", "new") == (
        "a\n<!-- mutants -->\n\nnew\n\n<!-- /mutants -->\nb"
    )
    with pytest.raises(ValueError, match="mutants"):
        marked("a", "new")


def test_every_file_has_mutants() -> None:
    vocabulary = read_vocabulary()
    for path in QUERIES.glob("*.sql"):
        assert any(statement_mutants(path, vocabulary)), path.name


def test_the_tool_is_not_in_the_service() -> None:
    assert not any("tests.mutation" in path.read_text("utf-8") for path in Path(ROOT / "api").rglob("*.py"))
