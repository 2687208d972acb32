"""What a DBA is shown: the schema, its drift, its picture, the slow statements."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from api.checks.diagram import draw, in_readme
from api.checks.schema import dump_schema, print_drift
from api.commands.plans import print_explain
from api.commands.slow import SlowError, print_slow
from api.paths import SCHEMA, SQL_README
from api.postgres import embedded
from api.postgres.databases import throwaway
from api.postgres.embedded import EmbeddedServer


@pytest.fixture(scope="module")
def own() -> str:  # type: ignore[misc]
    with throwaway() as dsn:
        yield dsn


@pytest.fixture(scope="module")
def measured(own: str) -> str:
    """The same database with the extension."""
    assert print_slow(own, embedded=True) == 0
    return own


def test_schema_sql_is_current(own: str) -> None:
    assert dump_schema(own) == SCHEMA.read_text(), "run `just schema`"


def test_the_diagram_is_current(own: str) -> None:
    text = SQL_README.read_text()
    assert in_readme(text, draw(own)) == text, "run `just erd`"


def test_drift(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_drift(own) == 0
    assert "no drift" in capsys.readouterr().out
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute("alter table users add column shoe_size integer")
        try:
            assert print_drift(own) == 1
            assert "+    shoe_size integer" in capsys.readouterr().out
        finally:
            connection.execute("alter table users drop column shoe_size")


@pytest.mark.parametrize("made", ["schema attic", "extension citext"])
def test_drift_beside_the_schema(own: str, made: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What others put there is named; what `just slow` needs is its own affair."""
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute("create extension if not exists pg_stat_statements")
        assert print_drift(own) == 0
        connection.execute(f"create {made}".encode())
        try:
            assert print_drift(own) == 1
        finally:
            connection.execute(f"drop {made}".encode())
    assert f"+create {made};" in capsys.readouterr().out.lower()


def test_drift_of_a_database_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_drift("postgresql://nobody:secret@127.0.0.1:1/none") == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "secret" not in err


def slow(dsn: str, capsys: pytest.CaptureFixture[str]) -> dict[str, list[str]]:
    """Rows of the table, by the names of the statements."""
    capsys.readouterr()
    assert print_slow(dsn, embedded=False) == 0
    lines = capsys.readouterr().out.splitlines()
    return {line[:34].strip(): line[34:].split() for line in lines[1:]}


def test_slow_statements_go_by_their_names(measured: str, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(measured, autocommit=True) as connection:
        connection.execute("select pg_stat_statements_reset()")
        for _ in range(3):
            connection.execute("select /* a_statement_of_this_test */ count(*) from users")
    rows = slow(measured, capsys)
    assert rows["a_statement_of_this_test"][0] == "3"
    # The reset, and what the command itself asks first.
    assert rows["everything else"][0] == "2"
    assert list(rows)[-2] == "everything else"
    assert list(rows)[-1].startswith("since ")


def test_what_shows_plans_is_no_call(measured: str, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(measured, autocommit=True) as connection:
        connection.execute("select pg_stat_statements_reset()")
        connection.execute(b"Explain (generic_plan) select /* planned */ id from users where id = $1")
        connection.execute("explain analyze select /* planned */ id from users")
        connection.execute("select /* called */ id from users")
    print_explain(measured, "list_applied_migrations", [])
    assert {"planned", "list_applied_migrations"}.isdisjoint(slow(measured, capsys))
    assert slow(measured, capsys)["called"][0] == "1"


@pytest.fixture
def newcomer(measured: str) -> Iterator[str]:
    """The same database for a role that may nothing."""
    with psycopg.connect(measured, autocommit=True) as connection:
        connection.execute("create role newcomer login")
        yield measured.replace("postgres@", "newcomer@")
        connection.execute("drop role newcomer")


def test_a_role_that_sees_no_statements_of_others(
    measured: str, newcomer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(measured, autocommit=True) as connection:
        connection.execute("select /* of_others */ count(*) from users")
    with pytest.raises(SlowError, match=r"may not see: \d+; run as a superuser: grant pg_read_all_stats to newcomer;$"):
        print_slow(newcomer, embedded=False)
    with psycopg.connect(newcomer, autocommit=True) as connection:
        connection.execute("select /* of_its_own */ 1")
    assert print_slow(newcomer, embedded=False) == 0
    shown = capsys.readouterr().out
    assert "of_its_own " in shown
    assert "of_others" not in shown
    assert shown.endswith("to see them, run as a superuser: grant pg_read_all_stats to newcomer;\n")
    with psycopg.connect(measured, autocommit=True) as connection:
        connection.execute("grant pg_read_all_stats to newcomer")
    assert "of_others" in slow(newcomer, capsys)


def test_statistics_are_not_turned_on_unasked(empty: str) -> None:
    with pytest.raises(SlowError, match=r"not in this database: run .*: create extension pg_stat_statements;$"):
        print_slow(empty, embedded=False)
    with psycopg.connect(empty, autocommit=True) as connection:
        assert connection.execute("select from pg_extension where extname = 'pg_stat_statements'").fetchone() is None


def test_statistics_that_the_server_does_not_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(embedded._OPTIONS, "shared_preload_libraries", "")
    with (
        TemporaryDirectory(prefix="nestwerk-") as folder,
        EmbeddedServer(Path(folder)) as server,
        pytest.raises(SlowError, match=r"not loaded: put it into shared_preload_libraries in .*restart PostgreSQL$"),
    ):
        print_slow(server.dsn, embedded=True)


def test_statistics_in_a_schema_of_their_own(empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("create schema monitoring")
        connection.execute("create extension pg_stat_statements schema monitoring")
    assert "everything else" in slow(empty, capsys)
