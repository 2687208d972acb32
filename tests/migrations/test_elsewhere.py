"""Roles whose search path begins elsewhere, and temporary tables: everything is in the schema public nevertheless."""

from collections.abc import Iterator

import psycopg
import pytest

from api.checks.contract.catalog import read_catalog
from api.database.connections import connect
from api.migrations import MigrationError, check_current, migrate, rollback, status
from api.postgres.embedded import EmbeddedServer
from tests.migrations.migration_files import Folder

TABLES = (
    "select array_agg(schemaname || '.' || tablename order by tablename) from pg_tables"
    " where tablename in ('pets', 'toys', 'migration_checksums')"
)


@pytest.fixture
def elsewhere(empty: str) -> Iterator[str]:
    """A database that finds another schema first: its own of the user, and one that a setting names."""
    with psycopg.connect(empty, autocommit=True) as connection:
        connection.execute("create schema postgres; create schema app")
        yield empty


def search_path(dsn: str, path: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(f"alter database {connection.info.dbname} set search_path = {path}".encode())


@pytest.mark.parametrize("path", ['"$user", public', "app, public", "app", "''"])
def test_no_second_schema_is_made(elsewhere: str, folder: Folder, path: str) -> None:
    search_path(elsewhere, path)
    migrate(elsewhere, directory=folder.path)
    assert check_current(elsewhere, directory=folder.path) == []
    with psycopg.connect(elsewhere) as connection:
        made = connection.execute(TABLES).fetchone()
    assert made == (["public.migration_checksums", "public.pets", "public.toys"],)
    # Another setting than when they were made.
    search_path(elsewhere, "public")
    assert rollback(elsewhere, directory=folder.path).id == "0002_toys"


def test_tables_in_another_schema_are_found(elsewhere: str, folder: Folder) -> None:
    """As an earlier release left them, which took the schema that it found first."""
    migrate(elsewhere, directory=folder.path)
    with psycopg.connect(elsewhere, autocommit=True) as connection:
        connection.execute("drop schema app; alter schema public rename to app; create schema public")
    said = "the schema app holds what migrations made, and everything is to be in the schema public: move it there"
    for run in (migrate, status, check_current):
        with pytest.raises(MigrationError, match=said):
            run(elsewhere, directory=folder.path)
    with psycopg.connect(elsewhere) as connection:
        assert connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone() == (0,)


def test_an_extension_in_another_schema(elsewhere: str, folder: Folder) -> None:
    with psycopg.connect(elsewhere, autocommit=True) as connection:
        connection.execute("create extension vector schema app")
        with pytest.raises(
            MigrationError, match=r"^the schema app has the extension vector, .*`alter extension vector"
        ):
            migrate(elsewhere, directory=folder.path)
        connection.execute("alter extension vector set schema public")
    migrate(elsewhere, directory=folder.path)


def test_the_role_of_the_service_is_told_who_migrates(cluster: EmbeddedServer, dsn: str) -> None:
    with pytest.raises(MigrationError, match=r"^permission denied for .*: connect as who owns the tables"):
        migrate(cluster.service_dsn)


def test_a_temporary_table_hides_no_table(empty: str, folder: Folder) -> None:
    """Neither one of the file itself, nor one that the file before left behind."""
    temporary = "create temporary table pets (id bigint primary key);\ninsert into pets values ({});"
    folder.add("0003_first", temporary.format(1), "select;")
    folder.add("0004_second", temporary.format(2), "select;")
    migrate(empty, directory=folder.path)
    with psycopg.connect(empty) as connection:
        assert connection.execute("select id from pets order by id").fetchall() == [(1,), (2,)]


def test_what_a_file_leaves_in_its_session_is_gone(empty: str, folder: Folder) -> None:
    left = "listen pets; prepare p as select 1; declare c cursor with hold for select 1; set statement_timeout = '1h';"
    folder.add("0003_first", left, "select;")
    folder.add("0004_second", left, "select;")
    assert len(migrate(empty, directory=folder.path)) == 4


async def test_an_enum_of_the_same_name_in_another_schema(elsewhere: str, folder: Folder) -> None:
    """The service compares its own with the code, and so starts."""
    folder.add("0003_moods", "create type mood as enum ('calm');", "drop type mood;")
    migrate(elsewhere, directory=folder.path)
    with psycopg.connect(elsewhere) as other:
        other.execute("create type app.mood as enum ('angry')")
    connection = await connect(elsewhere)
    try:
        assert (await read_catalog(connection)).enums == {"mood": ("calm",)}
    finally:
        await connection.close()
