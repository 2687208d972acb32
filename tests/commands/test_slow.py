"""`just slow`: where PostgreSQL's time goes, by the names of the statements."""

from argparse import Namespace
from collections.abc import Iterator

import psycopg
import pytest

from api.commands import slow
from api.postgres.databases import temporary_database
from api.postgres.statement_statistics import StatisticsError, read_statement_statistics
from api.settings import Settings
from tests.commands.running import run


@pytest.fixture(scope="module")
def measured() -> Iterator[str]:
    """A new database with the extension."""
    with temporary_database() as dsn:
        read_statement_statistics(dsn, create_extension=True)
        yield dsn


def rows_of(dsn: str, capsys: pytest.CaptureFixture[str]) -> dict[str, list[str]]:
    """Rows of the table, by the names of the statements."""
    capsys.readouterr()
    assert slow.run(Namespace(window=None), Settings(database_url=dsn)) == 0
    lines = capsys.readouterr().out.splitlines()
    return {line[:34].strip(): line[34:].split() for line in lines[1:]}


def test_statements_are_shown_by_name(measured: str, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(measured, autocommit=True) as connection:
        connection.execute("select pg_stat_statements_reset()")
        for _ in range(3):
            connection.execute("select /* a_statement_of_this_test */ count(*) from users")
    rows = rows_of(measured, capsys)
    assert rows["a_statement_of_this_test"][0] == "3"
    # The reset, and the first query of the command itself.
    assert rows["everything else"][0] == "2"
    assert list(rows)[-2] == "everything else"
    assert list(rows)[-1].startswith("since ")


def test_windows_show_what_ran_in_them(
    measured: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = []
    with psycopg.connect(measured, autocommit=True) as connection:
        connection.execute("select /* before_the_window */ 1, 2")
        connection.execute("select /* in_the_window */ 1")

        def sleep(seconds: int) -> None:
            shown.append(capsys.readouterr().out)
            assert seconds == 7
            if len(shown) == 3:
                raise KeyboardInterrupt
            if len(shown) == 2:
                connection.execute("select pg_stat_statements_reset()")
            for _ in range(3 - len(shown)):
                connection.execute("select /* in_the_window */ 1")

        monkeypatch.setattr("time.sleep", sleep)
        assert run(monkeypatch, measured, "slow", "--window", "7") == 130
    assert shown[0] == "the next 7 s:\n"
    for window, calls in zip(shown[1:], ("2", "1"), strict=True):
        rows = {line[:34].strip(): line[34:].split() for line in window.splitlines()}
        assert rows["in_the_window"][0] == calls
        assert "before_the_window" not in rows


def test_explain_counts_as_no_call(
    measured: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(measured, autocommit=True) as connection:
        connection.execute("select pg_stat_statements_reset()")
        connection.execute(b"Explain (generic_plan) select /* planned */ id from users where id = $1")
        connection.execute("explain analyze select /* planned */ id from users")
        connection.execute("select /* called */ id from users")
    assert run(monkeypatch, measured, "explain", "are_migrations_applied", "migrations={}") == 0
    assert {"planned", "are_migrations_applied"}.isdisjoint(rows_of(measured, capsys))
    assert rows_of(measured, capsys)["called"][0] == "1"


@pytest.fixture
def newcomer(measured: str) -> Iterator[str]:
    """The same database for a role without privileges."""
    with psycopg.connect(measured, autocommit=True) as connection:
        connection.execute("create role newcomer login")
        yield measured.replace("postgres@", "newcomer@")
        connection.execute("drop role newcomer")


def test_a_role_that_sees_no_statements_of_others(
    measured: str, newcomer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(measured, autocommit=True) as connection:
        connection.execute("select /* of_others */ count(*) from users")
    with pytest.raises(
        StatisticsError, match=r"may not see: \d+; run as a superuser: grant pg_read_all_stats to newcomer;$"
    ):
        slow.run(Namespace(window=None), Settings(database_url=newcomer))
    with psycopg.connect(newcomer, autocommit=True) as connection:
        connection.execute("select /* of_its_own */ 1")
    assert slow.run(Namespace(window=None), Settings(database_url=newcomer)) == 0
    shown = capsys.readouterr().out
    assert "of_its_own " in shown
    assert "of_others" not in shown
    assert shown.endswith("to see them, run as a superuser: grant pg_read_all_stats to newcomer;\n")
    with psycopg.connect(measured, autocommit=True) as connection:
        connection.execute("grant pg_read_all_stats to newcomer")
    assert "of_others" in rows_of(newcomer, capsys)


def test_statistics_in_a_schema_of_their_own(empty: str, capsys: pytest.CaptureFixture[str]) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("create schema monitoring")
        connection.execute("create extension pg_stat_statements schema monitoring")
    assert "everything else" in rows_of(empty, capsys)


def test_nothing_is_analyzed_in_a_temporary_database_by_itself(measured: str) -> None:
    with psycopg.connect(measured) as connection:
        assert connection.execute("show autovacuum").fetchone() == ("off",)
