"""What a DBA is shown: the schema, its drift, its picture, the slow statements."""

import psycopg
import pytest

from api.database.reports.diagram import README, draw, in_readme
from api.database.reports.schema import SCHEMA, dump_schema, print_drift
from api.database.reports.slow import print_slow
from api.database.target import throwaway


@pytest.fixture(scope="module")
def own() -> str:  # type: ignore[misc]
    with throwaway() as dsn:
        yield dsn


def test_schema_sql_is_current(own: str) -> None:
    assert dump_schema(own) == SCHEMA.read_text(), "run `just schema`"


def test_the_diagram_is_current(own: str) -> None:
    text = README.read_text()
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


def test_drift_of_a_database_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_drift("postgresql://nobody:secret@127.0.0.1:1/none") == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "secret" not in err


def test_slow_statements_go_by_their_names(own: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert print_slow(own) == 0
    capsys.readouterr()
    with psycopg.connect(own, autocommit=True) as connection:
        for _ in range(3):
            connection.execute("select /* a_statement_of_this_test */ count(*) from users")
    assert print_slow(own) == 0
    [line] = [line for line in capsys.readouterr().out.splitlines() if line.startswith("a_statement_of_this_test")]
    assert line.split()[1] == "3"
