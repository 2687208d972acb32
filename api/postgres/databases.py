"""Databases that commands work on: the service's own, and temporary ones."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg
from psycopg.sql import SQL, Identifier

from api.command_error import CommandError
from api.migrations import migrate
from api.migrations.backend import RECORDS
from api.paths import MIGRATIONS
from api.postgres.archiving import ARCHIVES, has_archived
from api.postgres.cluster import check_owner
from api.postgres.embedded import EmbeddedServer
from api.postgres.owner import DataDirInUse
from api.settings import Settings
from api.terminal import warn

# Nothing is analyzed by itself, so that what is found doesn't depend on how long it takes; nothing survives a crash.
TEMPORARY: Final = {"autovacuum": "off", "fsync": "off"}


class DatabaseError(CommandError):
    """PostgreSQL refused a command's statement; the message is PostgreSQL's, in one line."""


@contextmanager
def service_database(settings: Settings) -> Iterator[str]:
    """URL of the service's database: `DATABASE_URL`, or the embedded server's, which is started for the block.

    Raises:
        DatabaseError: PostgreSQL refused a statement in the block.
        EmbeddedServerError: the embedded server can't be used.

    """
    with _running(settings) as dsn:
        try:
            yield dsn
        except psycopg.errors.UndefinedTable as error:
            raise DatabaseError(f"{error.diag.message_primary}; run `just migrate`") from error
        except psycopg.Error as error:
            raise DatabaseError(" ".join(str(error).split())) from error


@contextmanager
def temporary_database(migrations: Path = MIGRATIONS, more: Mapping[str, str] = TEMPORARY) -> Iterator[str]:
    """URL of an empty, migrated database, on a server that is removed after the block; `more` are its settings."""
    with temporary_server(more) as dsn:
        migrate(dsn, directory=migrations)
        yield dsn


@contextmanager
def temporary_server(more: Mapping[str, str] = TEMPORARY) -> Iterator[str]:
    """URL of an empty database, on a server that is removed after the block; `more` are its settings."""
    with tempfile.TemporaryDirectory(prefix="nestwerk-") as folder, EmbeddedServer(Path(folder), more=more) as server:
        yield server.dsn


@contextmanager
def another_database(dsn: str, name: str) -> Iterator[str]:
    """URL of an empty database of this name on the server of another one, dropped after the block."""
    drop = SQL("drop database if exists {} with (force)").format(Identifier(name))
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(SQL("create database {}").format(Identifier(name)))
        try:
            yield urlsplit(dsn)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(drop)


def drop_records(dsn: str, *, unless_in: str) -> None:
    """Drop the tables that record migrations, except those that another database has too."""
    with psycopg.connect(unless_in) as other, psycopg.connect(dsn) as connection:
        for table in RECORDS:
            if other.execute("select to_regclass(%s)", [f"public.{table}"]).fetchone() == (None,):
                connection.execute(f"drop table public.{table}".encode())


@contextmanager
def _running(settings: Settings) -> Iterator[str]:
    if settings.database_url is not None:
        yield settings.database_url
        return
    kept = settings.backup_dir is None and has_archived(settings.data_dir.resolve() / "postgres")
    server = EmbeddedServer(settings.data_dir, backup_dir=settings.backup_dir, more=ARCHIVES if kept else {})
    try:
        server.start()
    except DataDirInUse:
        check_owner(server.cluster)
        yield server.dsn
        return
    if kept:
        warn("BACKUP_DIR isn't set, and WAL was archived there: what is written now stays in pg_wal until it is")
    try:
        yield server.dsn
    finally:
        server.stop()
