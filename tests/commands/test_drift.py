"""`just drift`: how a database differs from sql/schema.sql."""

import psycopg
import pytest

from tests.commands.running import run
from tests.conftest import NewDatabase


@pytest.fixture(scope="module")
def own(migrated_copy: NewDatabase) -> str:
    return migrated_copy("drifting")


def test_drift(own: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(monkeypatch, own, "drift") == 0
    assert "no drift" in capsys.readouterr().out
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute("alter table users add column shoe_size integer")
        try:
            assert run(monkeypatch, own, "drift") == 1
            assert "+    shoe_size integer" in capsys.readouterr().out
        finally:
            connection.execute("alter table users drop column shoe_size")


@pytest.mark.parametrize("made", ["schema attic", "extension citext"])
def test_drift_beside_the_schema(
    own: str, made: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Schemas and extensions of others are named, except the extension of `just slow`."""
    with psycopg.connect(own, autocommit=True) as connection:
        connection.execute("create extension if not exists pg_stat_statements")
        assert run(monkeypatch, own, "drift") == 0
        connection.execute(f"create {made}".encode())
        try:
            assert run(monkeypatch, own, "drift") == 1
        finally:
            connection.execute(f"drop {made}".encode())
    assert f"+create {made};" in capsys.readouterr().out.lower()


def test_drift_of_a_database_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "postgresql://nobody:secret@127.0.0.1:1/none", "drift") == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "secret" not in err
