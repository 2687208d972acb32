"""`just explain`: the service's plan, with values of a family or given ones."""

import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.app import load_routers
from api.checks.plans.execution import explain_analyze
from api.checks.plans.values import MissingValueError, example_values
from api.database.queries import STATEMENTS
from api.database.statements.files import read_statement_file
from tests.commands.running import run

load_routers()  # loads the examples of all features


def test_explains_with_the_rows_of_a_family(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeded: str
) -> None:
    assert run(monkeypatch, seeded, "explain", "get_family") == 0
    shown = capsys.readouterr().out
    assert shown.startswith("sql/queries/users.sql:")
    assert 'user_id={"1"} with_children={"true"} with_goals={"true"}' in shown
    assert "actual time=" in shown
    assert "Buffers: " in shown
    assert "Execution Time: " in shown


def test_explains_the_plan_that_the_service_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeded: str
) -> None:
    assert run(monkeypatch, seeded, "explain", "get_password", "user_id=1") == 0
    shown = capsys.readouterr().out
    # A custom plan would have the value here.
    assert "(id = $1)" in shown
    assert "rows=1.00" in shown
    assert "plan_cache_mode = 'force_generic_plan'" in shown
    assert "jit = 'off'" in shown


def test_explains_with_given_values(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeded: str
) -> None:
    assert run(monkeypatch, seeded, "explain", "get_child_profile", "id=77") == 0
    assert 'parent_profile_id={"1"} id={"77"}\n' in capsys.readouterr().out


def test_shows_no_secret(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeded: str) -> None:
    assert run(monkeypatch, seeded, "explain", "get_caller") == 0
    assert "token_digest={" not in capsys.readouterr().out


def test_an_error_shows_no_secret(seeded: str, tmp_path: Path) -> None:
    path = tmp_path / "users.sql"
    path.write_text(
        "-- Accounts.\n\n-- name: compare :maybe\nselect id from users where password = :password and id = :other;\n"
    )
    [statement] = read_statement_file(path)
    with psycopg.connect(seeded) as connection, pytest.raises(MissingValueError) as raised:
        example_values(connection, statement, {})
    assert str(raised.value) == "compare needs other=…, as in: just explain compare 'other=…'"


def test_changes_are_rolled_back(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeded: str
) -> None:
    assert run(monkeypatch, seeded, "explain", "end_other_sessions", "session_id=0") == 0
    assert "Delete on sessions" in capsys.readouterr().out
    with psycopg.connect(seeded) as connection:
        assert connection.execute("select count(*) from sessions").fetchone() == (2,)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing"], "there's no statement nothing in sql/queries\n"),
        (["get_user", "name=x"], "get_user has no parameter name\n"),
        (["get_password", "user_id=x"], "user_id=x\n"),
        (["get_password", "user_id=x"], 'invalid input syntax for type bigint: "x"'),
    ],
)
def test_explanations_that_are_impossible(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeded: str, arguments: list[str], said: str
) -> None:
    assert run(monkeypatch, seeded, "explain", *arguments) == 1
    out, err = capsys.readouterr()
    assert said in out + err


@pytest.fixture(scope="module")
def connection(seeded: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(seeded, autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def without_families(unseeded: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(unseeded, autocommit=True) as connection:
        yield connection


def explain(connection: psycopg.Connection[Any], name: str, given: Sequence[str] = ()) -> list[str]:
    """What the recipe shows; it would read all statements anew."""
    statement = STATEMENTS[name]
    values = dict(value.partition("=")[::2] for value in given)
    lines = explain_analyze(connection, statement, example_values(connection, statement, values))
    connection.execute("deallocate explained")
    return lines


@pytest.mark.parametrize("name", STATEMENTS)
def test_every_statement_has_values_to_be_explained_with(connection: psycopg.Connection[Any], name: str) -> None:
    assert any("Execution Time: " in line for line in explain(connection, name))


@pytest.mark.parametrize("name", STATEMENTS)
def test_the_command_that_an_error_suggests_works(
    connection: psycopg.Connection[Any], without_families: psycopg.Connection[Any], name: str
) -> None:
    """A database without families has no values to call a statement with."""
    if not STATEMENTS[name].parameters:
        assert explain(without_families, name)
        return
    with pytest.raises(MissingValueError) as raised:
        explain(without_families, name)
    needed, _, command = str(raised.value).partition(", as in: just ")
    assert needed.startswith(f"{name} needs ")
    recipe, statement, *given = shlex.split(command)
    assert (recipe, statement) == ("explain", name)
    assert explain(connection, name, given)
