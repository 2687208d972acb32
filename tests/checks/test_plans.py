"""Plans that are kept, what counts as one that gets slower with every family, and the commands that show them."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from api.__main__ import main
from api.checks.plans.plans import GROWING, check_plans, differences, explain, shapes, write
from api.checks.plans.statistics import read_statistics
from api.commands.plans import plans_by_statistics
from api.database.queries import STATEMENTS
from api.database.statements.files import Statement, read_statements
from api.migrations import migrate
from api.paths import PLANS, QUERIES, STATISTICS
from api.postgres.embedded import DATABASE, EmbeddedServer
from api.seed import seed

HOW_TO_UPDATE = "run `just plans --write` and look at the diff of tests/plans"


def database(cluster: EmbeddedServer, name: str) -> str:
    """URL of a database of its own, migrated."""
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    dsn = cluster.dsn.replace(f"/{DATABASE}?", f"/{name}?")
    migrate(dsn)
    return dsn


@pytest.fixture(scope="module")
def planned(cluster: EmbeddedServer) -> str:
    """An empty database that plans as one with 100,000 families does."""
    dsn = database(cluster, "planned")
    plans_by_statistics(dsn, {})
    return dsn


@pytest.fixture
def connection(planned: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(planned) as connection:
        yield connection
        connection.rollback()


@pytest.fixture(scope="module")
def seeded(cluster: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with two families."""
    dsn = database(cluster, "explained")
    assert seed(dsn, families=2, sessions=2, data_dir=tmp_path_factory.mktemp("seeded")) == 0
    return dsn


def statement(folder: Path, text: str) -> dict[str, Statement]:
    (folder / "queries.sql").write_text(f"-- Queries.\n\n-- name: query :many\n-- A query.\n{text};\n")
    return read_statements(folder)


def test_plans_are_those_that_are_kept(connection: psycopg.Connection[Any]) -> None:
    made = shapes(explain(connection, read_statements(QUERIES)))
    assert differences(PLANS, made) == [], HOW_TO_UPDATE


def test_no_plan_gets_slower_with_every_family(connection: psycopg.Connection[Any]) -> None:
    assert check_plans(explain(connection, read_statements(QUERIES))) == []


def test_the_database_has_the_statistics_that_are_kept(connection: psycopg.Connection[Any]) -> None:
    assert read_statistics(connection) == STATISTICS.read_text()
    rows = connection.execute("select min(reltuples) from pg_class where relname = any (%s)", [sorted(GROWING)])
    assert rows.fetchone() == (99_000,)


SLOW = {
    "select id from users where email = :email": "reads all of users",
    "select max(age) from child_profiles": "reads all of child_profiles",
    "select id from parent_profiles order by user_id": "walks all of parent_profiles_user_id_key",
    "select id from child_profiles where parent_profile_id = :parent_profile_id order by id": None,
    "select id from child_profiles where parent_profile_id = :parent_profile_id order by age, id": (
        "sorts rows of child_profiles by age, id"
    ),
    "select id from child_profiles where parent_profile_id = :parent_profile_id order by lower(name)": (
        "sorts rows of child_profiles by (lower(name))"
    ),
    """select c.id from parent_profiles as p join child_profiles as c on c.parent_profile_id = p.id
        where p.user_id = :user_id order by c.age""": "sorts rows of child_profiles by c.age",
    "select id from child_profiles where parent_profile_id = :parent_profile_id and age > :age": (
        "filters rows of child_profiles that the index gives: (age > $2)"
    ),
    "delete from parenting_goals where id = :id": "walks all of parenting_goals_pkey",
    "select user_id from parent_profiles where id > :id order by id limit 5": None,
    "select id from (values (1), (2)) as numbers (id) order by id": None,
}


@pytest.mark.parametrize(("text", "what"), SLOW.items())
def test_tells_what_gets_slower(
    connection: psycopg.Connection[Any], tmp_path: Path, text: str, what: str | None
) -> None:
    faults = check_plans(explain(connection, statement(tmp_path, text)))
    assert [fault.what for fault in faults] == ([what] if what else [])
    assert all(str(fault).startswith(f"{tmp_path}/queries.sql:3: query: ") for fault in faults)


def test_a_note_excuses_a_plan(connection: psycopg.Connection[Any], tmp_path: Path) -> None:
    noted = statement(
        tmp_path, "-- plan: it counts all of them once a day.\nselect count(*) from users where email = ''"
    )
    assert check_plans(explain(connection, noted)) == []


def test_a_note_has_to_be_about_something(connection: psycopg.Connection[Any], tmp_path: Path) -> None:
    noted = statement(tmp_path, "-- plan: it was slow once.\nselect id from users where id = :id")
    [fault] = check_plans(explain(connection, noted))
    assert fault.what == "has nothing that its note `plan` could be about"


@pytest.mark.parametrize(
    ("index", "changed"),
    [
        ("parenting_goals_parent_profile_id_status_id_idx", {"parenting_goals.txt"}),
        ("sessions_expires_at_idx", {"sessions.txt"}),
        ("users_username_key", {"users.txt"}),
        ("login_throttles_updated_at_idx", {"login_throttles.txt"}),
    ],
)
def test_a_dropped_index_is_a_difference_and_a_fault(
    connection: psycopg.Connection[Any], index: str, changed: set[str]
) -> None:
    connection.execute(sql.SQL("drop index {}").format(sql.Identifier(index)))
    plans = explain(connection, read_statements(QUERIES))
    assert set(differences(PLANS, shapes(plans))) == changed
    assert check_plans(plans)


def test_files_that_are_missing_changed_or_left_over_differ(tmp_path: Path) -> None:
    (tmp_path / "old.txt").write_text("-- gone\n")
    assert differences(tmp_path, {"a.txt": "-- a\n", "b.txt": "-- b\n"}) == ["a.txt", "b.txt", "old.txt"]
    write(tmp_path, {"a.txt": "-- a\n", "b.txt": "-- b\n"})
    assert differences(tmp_path, {"a.txt": "-- a\n", "b.txt": "-- b\n"}) == []
    (tmp_path / "b.txt").write_text("-- c\n")
    assert differences(tmp_path, {"a.txt": "-- a\n", "b.txt": "-- b\n"}) == ["b.txt"]


def run(monkeypatch: pytest.MonkeyPatch, dsn: str, *arguments: str) -> int:
    monkeypatch.setenv("DATABASE_URL", dsn)
    return main(arguments)


def test_shows_how_a_small_database_plans(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeded: str
) -> None:
    assert run(monkeypatch, seeded, "plans") == 1
    shown = capsys.readouterr().out
    assert "users                       2 rows  few: these plans say nothing of many\n" in shown
    assert "+++ child_profiles.txt" in shown


def test_keeps_no_statistics_of_a_small_database(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeded: str
) -> None:
    kept = STATISTICS.read_text()
    assert run(monkeypatch, seeded, "plans", "--statistics") == 1
    assert "fewer than 1,000 rows or never analyzed: child_profiles, login_throttles," in capsys.readouterr().out
    assert STATISTICS.read_text() == kept


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
    # One that is made for these values has them there.
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


def test_what_it_changes_is_taken_back(
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
        (
            ["add_user", "username=x"],
            (
                "add_user needs email=… password=…, as in: "
                "just explain add_user username=x email=noor@example.org 'password=$argon2id$'\n"
            ),
        ),
        (
            ["update_parenting_goal", "id=1"],
            "update_parenting_goal needs patch=…, as in: just explain update_parenting_goal id=1 'patch={}'\n",
        ),
        (["get_password", "user_id=x"], "user_id=x\n"),
        (["get_password", "user_id=x"], 'invalid input syntax for type bigint: "x"'),
    ],
)
def test_says_what_is_in_the_way_of_an_explanation(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeded: str, arguments: list[str], said: str
) -> None:
    assert run(monkeypatch, seeded, "explain", *arguments) == 1
    out, err = capsys.readouterr()
    assert said in out + err


@pytest.mark.parametrize("name", STATEMENTS)
def test_what_an_error_shows_can_be_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], seeded: str, name: str
) -> None:
    if run(monkeypatch, seeded, "explain", name) == 1:
        command = capsys.readouterr().err.partition(", as in: just ")[2]
        assert run(monkeypatch, seeded, *shlex.split(command)) == 0, capsys.readouterr().err
