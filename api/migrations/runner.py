"""Applies migrations, rolls them back, and reports their state in a database."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from time import perf_counter, sleep
from typing import Any, Final, Literal

import msgspec
import psycopg
from yoyo.migrations import MigrationList

from api.migrations.backend import CHECKSUMS, LOCK_KEY, Backend, FileMigration
from api.migrations.files import MigrationError, MigrationFile, read_migrations
from api.migrations.scripts import ScriptError, reason
from api.migrations.session import Settings, reset_session
from api.paths import MIGRATIONS

State = Literal["applied", "pending", "edited", "missing"]

# In PostgreSQL's notation.
LOCK_TIMEOUT: Final = "5s"
STATEMENT_TIMEOUT: Final = "10min"
# Seconds between two tries to get the lock.
LOCK_INTERVAL: Final = 0.1

HISTORY: Final = """
select history.migration_id, history.applied_at_utc, coalesce(checksums.checksum, '')
  from _yoyo_migration as history
  left join migration_checksums as checksums
    on checksums.migration_id = history.migration_id
 order by history.migration_id
"""
# A table in the schema that migrations work in, except tables of extensions.
_FOREIGN_TABLES: Final = """
select c.relname
  from pg_class as c
 where c.relnamespace = current_schema()::regnamespace
   and c.relkind in ('r', 'p')
   and not exists (select from pg_depend as d where d.objid = c.oid and d.deptype = 'e')
 order by c.relname
 limit 1
"""


class Applied(msgspec.Struct, frozen=True):
    """A migration that was applied or rolled back, and the seconds it took."""

    id: str
    seconds: float


class MigrationStatus(msgspec.Struct, frozen=True):
    """State of a migration; `missing` if it is applied but has no file."""

    id: str
    state: State
    applied_at: datetime | None


Report = Callable[[Applied], None]


def migrate(  # noqa: PLR0913
    dsn: str,
    *,
    directory: Path = MIGRATIONS,
    report: Report | None = None,
    waiting: Callable[[], None] | None = None,
    lock_timeout: str = LOCK_TIMEOUT,
    statement_timeout: str = STATEMENT_TIMEOUT,
) -> list[Applied]:
    """Apply all pending migrations, each in a transaction with its mark.

    `report` is called after each, `waiting` once if another run has the lock.

    Raises:
        MigrationError: a file or the database can't be used (then nothing is applied), or a statement failed (then
            the migrations before are applied).

    """
    files = read_migrations(directory)
    settings = _settings(lock_timeout, statement_timeout)
    with _locked(dsn, settings, waiting) as connection:
        _refuse_foreign_database(connection)
        backend = Backend(connection, settings)
        backend.prepare_history()
        pending = _pending(files, _status(connection, files))
        migrations = backend.to_apply(MigrationList([FileMigration(file) for file in pending]))
        return [_timed(backend.apply_one, migration, migration.file.path, report) for migration in migrations]


def rollback(
    dsn: str,
    *,
    directory: Path = MIGRATIONS,
    waiting: Callable[[], None] | None = None,
    lock_timeout: str = LOCK_TIMEOUT,
    statement_timeout: str = STATEMENT_TIMEOUT,
) -> Applied:
    """Roll back the last applied migration.

    Raises:
        MigrationError: nothing is applied, a file was edited after it was applied or the last one's is missing, or a
            statement failed; the database is as before.

    """
    files = read_migrations(directory)
    settings = _settings(lock_timeout, statement_timeout)
    with _locked(dsn, settings, waiting) as connection:
        entries = _status(connection, files)
        _refuse_edited(entries)
        applied = [entry for entry in entries if entry.state != "pending"]
        if not applied:
            raise MigrationError("no migration is applied")
        last = applied[-1]
        if last.state == "missing":
            raise MigrationError(f"{last.id} is applied, but this release doesn't have it: it can't be taken back here")
        backend = Backend(connection, settings)
        [file] = [file for file in files if file.id == last.id]
        return _timed(backend.rollback_one, FileMigration(file), file.rollback_path, None)


def status(dsn: str, *, directory: Path = MIGRATIONS) -> list[MigrationStatus]:
    """State of each migration, in order.

    Raises:
        MigrationError: a file can't be used, or the database can't be reached or isn't ours.

    """
    with _connected(dsn) as connection:
        _refuse_foreign_database(connection)
        return _status(connection, read_migrations(directory))


def check_current(dsn: str, *, directory: Path = MIGRATIONS) -> list[str]:
    """Refuse a database that the code can't work with; returns the applied migrations that the code doesn't know.

    Raises:
        MigrationError: the schema is behind, or a file was edited after it was applied.

    """
    entries = status(dsn, directory=directory)
    _refuse_edited(entries)
    pending = [entry.id for entry in entries if entry.state == "pending"]
    if pending:
        raise MigrationError(f"the schema is behind: {pending[0]} is not applied; run `just migrate`")
    return [entry.id for entry in entries if entry.state == "missing"]


def _status(connection: psycopg.Connection[Any], files: Sequence[MigrationFile]) -> list[MigrationStatus]:
    history: dict[str, tuple[datetime, str]] = {}
    # A run that was interrupted early may have created only one of the two tables.
    if connection.execute(
        "select to_regclass('_yoyo_migration') is not null and to_regclass(%s) is not null", (CHECKSUMS,)
    ).fetchone() == (True,):
        history = {id: (at, checksum) for id, at, checksum in connection.execute(HISTORY)}
    entries = []
    for file in files:
        if file.id not in history:
            entries.append(MigrationStatus(file.id, "pending", None))
            continue
        at, checksum = history.pop(file.id)
        entries.append(MigrationStatus(file.id, "applied" if checksum == file.checksum else "edited", at))
    entries += [MigrationStatus(id, "missing", at) for id, (at, _) in history.items()]
    return sorted(entries, key=lambda entry: entry.id)


def _pending(files: Sequence[MigrationFile], entries: Sequence[MigrationStatus]) -> list[MigrationFile]:
    _refuse_edited(entries)
    applied = [entry.id for entry in entries if entry.state != "pending"]
    pending = [entry.id for entry in entries if entry.state == "pending"]
    if applied and pending and pending[0] < applied[-1]:
        raise MigrationError(f"{pending[0]} came late: {applied[-1]} is applied already; give it the next number")
    return [file for file in files if file.id in pending]


def _refuse_edited(entries: Sequence[MigrationStatus]) -> None:
    edited = [entry.id for entry in entries if entry.state == "edited"]
    if edited:
        raise MigrationError(f"edited after being applied: {', '.join(edited)}; write a new migration instead")


def _refuse_foreign_database(connection: psycopg.Connection[Any]) -> None:
    if connection.execute("select to_regclass(%s)", (CHECKSUMS,)).fetchone() != (None,):
        return
    foreign = connection.execute(_FOREIGN_TABLES).fetchone()
    if foreign is not None:
        raise MigrationError(f"the database is not empty and was not made by these migrations: table {foreign[0]}")


def _timed(
    run: Callable[[FileMigration], None], migration: FileMigration, path: Path, report: Report | None
) -> Applied:
    started = perf_counter()
    try:
        run(migration)
    except ScriptError as error:
        raise MigrationError(str(error)) from error
    except psycopg.Error as error:
        raise MigrationError(f"{path.name}: {reason(error)}") from error
    applied = Applied(migration.id, perf_counter() - started)
    if report is not None:
        report(applied)
    return applied


@contextmanager
def _connected(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    try:
        with psycopg.connect(dsn, autocommit=True, fallback_application_name="nestwerk migrations") as connection:
            yield connection
    except psycopg.Error as error:
        raise MigrationError(reason(error)) from error


def _settings(lock_timeout: str, statement_timeout: str) -> Settings:
    return {
        "lock_timeout": lock_timeout,
        "statement_timeout": statement_timeout,
        # PostgreSQL ends a statement soon after the process that waits for it is killed.
        "client_connection_check_interval": "500ms",
    }


@contextmanager
def _locked(dsn: str, settings: Settings, waiting: Callable[[], None] | None) -> Iterator[psycopg.Connection[Any]]:
    """Open a connection that holds the lock on migrations until it ends."""
    with _connected(dsn) as connection:
        _lock(connection, waiting)
        reset_session(connection, settings)
        yield connection


def _lock(connection: psycopg.Connection[Any], waiting: Callable[[], None] | None) -> None:
    # Polled, as `create index concurrently` would wait for a statement that waits for the lock.
    while connection.execute("select pg_try_advisory_lock(%s)", (LOCK_KEY,)).fetchone() != (True,):
        if waiting is not None:
            waiting()
            waiting = None
        sleep(LOCK_INTERVAL)
