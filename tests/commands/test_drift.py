"""`just drift`: how a database differs from sql/schema.sql."""

from typing import Final

import psycopg
import pytest

from api.checks.beside import BesideError, exemptions
from api.checks.schema import drift
from api.postgres.roles import make_roles
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


# What pg_dump doesn't tell of a schema, how it's made, and by what line it's told.
BESIDE: Final = {
    "create schema attic": "CREATE SCHEMA attic;",
    "create extension citext": "CREATE EXTENSION citext;",
    "create extension hstore version '1.7'; update pg_extension set extversion = '1.6' where extname = 'hstore'":
        "CREATE EXTENSION hstore VERSION '1.6';",
    "create publication changes for table users, tables in schema public with (publish = 'insert, delete')":
        "CREATE PUBLICATION changes insert delete;",
    "select 1": "CREATE PUBLICATION RELATION public.users in publication changes;",
    "select 2": "CREATE PUBLICATION NAMESPACE public in publication changes;",
    "create cast (stress_level as integer) with inout as assignment":
        "CREATE CAST (public.stress_level AS integer) a i;",
    "create function watch() returns event_trigger language plpgsql as 'begin end';"
    "create event trigger watching on ddl_command_end when tag in ('DROP TABLE') execute function watch()":
        'CREATE EVENT TRIGGER watching ddl_command_end O {"DROP TABLE"} watch();',
    "create foreign data wrapper files": "CREATE FOREIGN-DATA WRAPPER files;",
    "create server elsewhere foreign data wrapper files": "CREATE SERVER elsewhere;",
    "create user mapping for public server elsewhere options (password 'secret')":
        "CREATE USER MAPPING FOR public SERVER elsewhere;",
    "create access method piles type table handler heap_tableam_handler": "CREATE ACCESS METHOD piles;",
    "alter table mails set access method piles": "ALTER TABLE mails SET ACCESS METHOD piles;",
    "create language other handler plpgsql_call_handler": "CREATE LANGUAGE other;",
    "create transform for jsonb language other (from sql with function prsd_lextype(internal))":
        "CREATE TRANSFORM for pg_catalog.jsonb language other;",
    "alter default privileges grant select on tables to nestwerk_reader":
        "CREATE DEFAULT ACL for role postgres on tables {postgres=arwdDxtm/postgres,nestwerk_reader=r/postgres};",
    "alter database drifting set work_mem = '5MB'": "ALTER DATABASE SET work_mem=5MB;",
    "alter role nestwerk_service in database drifting set jit = off":
        "ALTER ROLE nestwerk_service IN DATABASE SET jit=off;",
    "create subscription copies connection '' publication changes with (connect = false)":
        "CREATE SUBSCRIPTION copies;",
}  # fmt: skip


def test_what_is_beside_the_schema(own: str) -> None:
    """What others made in a database is named, and no password; except the extension of `just slow`."""
    make_roles(own)
    with psycopg.connect(own) as connection:
        connection.execute("create extension pg_stat_statements")
        connection.commit()
        assert drift(own) == []
        for made in BESIDE:
            connection.execute(made.encode())
        connection.commit()
        try:
            lines = drift(own)
            added = {line.removeprefix("+") for line in lines if line.startswith(("+CREATE", "+ALTER"))}
            assert set(BESIDE.values()) - added == set()
            assert "secret" not in "".join(lines)
        finally:
            connection.execute("alter subscription copies set (slot_name = none); drop subscription copies")
            connection.execute("alter role nestwerk_service in database drifting reset all")


def test_what_may_be_there_has_a_reason() -> None:
    assert exemptions("-- Jobs.\nCREATE SCHEMA cron;\n\n-- Two\n-- lines.\nCREATE EXTENSION x;\n") == {
        "CREATE SCHEMA cron;",
        "CREATE EXTENSION x;",
    }
    for text in ("CREATE SCHEMA cron;\n", "-- Jobs.\nCREATE SCHEMA cron;\nCREATE EXTENSION x;\n"):
        with pytest.raises(BesideError, match=r"^sql/beside\.txt: CREATE .*; has no reason: write one above it"):
            exemptions(text)


def test_drift_of_a_database_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "postgresql://nobody:secret@127.0.0.1:1/none", "drift") == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "secret" not in err
