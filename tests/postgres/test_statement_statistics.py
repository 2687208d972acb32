"""Statistics of statements, if there are none."""

import psycopg
import pytest

from api.postgres import embedded
from api.postgres.databases import temporary_server
from api.postgres.statement_statistics import StatisticsError, read_statement_statistics


def test_statistics_are_not_turned_on_unasked(empty: str) -> None:
    with pytest.raises(StatisticsError, match=r"not in this database: run .*: create extension pg_stat_statements;$"):
        read_statement_statistics(empty, create_extension=False)
    with psycopg.connect(empty, autocommit=True) as connection:
        assert connection.execute("select from pg_extension where extname = 'pg_stat_statements'").fetchone() is None


def test_statistics_that_the_server_does_not_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(embedded._OPTIONS, "shared_preload_libraries", "")
    with (
        temporary_server() as dsn,
        pytest.raises(
            StatisticsError, match=r"not loaded: put it into shared_preload_libraries in .*restart PostgreSQL$"
        ),
    ):
        read_statement_statistics(dsn, create_extension=True)
