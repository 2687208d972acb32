"""Applies migrations, rolls them back, and reports their state in a database."""

from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter

import msgspec
import psycopg
from yoyo.migrations import MigrationList

from api.migrations.backend import Backend, FileMigration
from api.migrations.connection import connected, locked
from api.migrations.files import MigrationError, MigrationFile, read_migrations
from api.migrations.patience import Patience, Tries, trying
from api.migrations.printing import PrintingBackend
from api.migrations.scripts import ScriptError, reason
from api.migrations.session import LOCK_TIMEOUT, STATEMENT_TIMEOUT, session_settings
from api.migrations.states import (
    MigrationStatus,
    pending_files,
    read_status,
    refuse_edited,
    refuse_foreign_database,
)
from api.paths import MIGRATIONS


class Applied(msgspec.Struct, frozen=True):
    """A migration that was applied or rolled back, and the seconds it took."""

    id: str
    seconds: float


Report = Callable[[Applied], None]


def migrate(  # noqa: PLR0913
    dsn: str,
    *,
    directory: Path = MIGRATIONS,
    to: str | None = None,
    report: Report | None = None,
    waiting: Callable[[], None] | None = None,
    patience: Patience | None = None,
    lock_timeout: str = LOCK_TIMEOUT,
    statement_timeout: str = STATEMENT_TIMEOUT,
) -> list[Applied]:
    """Apply all pending migrations, or those up to the id or number `to`, each in a transaction with its mark.

    `report` is called after each, `waiting` once if another run has the lock. A file that meets a lock of somebody else
    is tried again while `patience` lasts.

    Raises:
        MigrationError: a file or the database can't be used (then nothing is applied), or a statement failed (then
            the migrations before are applied).

    """
    files = read_migrations(directory)
    wanted = up_to(files, to)
    settings = session_settings(lock_timeout, statement_timeout)
    with locked(dsn, settings, waiting) as connection:
        refuse_foreign_database(connection)
        backend = Backend(connection, settings)
        backend.prepare_history()
        pending = pending_files(wanted, read_status(connection, files))
        migrations = backend.to_apply(MigrationList([FileMigration(file) for file in pending]))
        with trying(dsn, connection, patience) as tries:
            return [
                _timed(backend.apply_one, migration, migration.file.path, tries, report) for migration in migrations
            ]


def print_migrations(
    dsn: str, write: Callable[[str], None], *, directory: Path = MIGRATIONS, to: str | None = None
) -> int:
    """Give `write` the SQL that `migrate` would run, for psql; returns the number of migrations. Nothing is changed.

    Raises:
        MigrationError: as `migrate` before anything is applied.

    """
    files = read_migrations(directory)
    wanted = up_to(files, to)
    with connected(dsn) as connection:
        refuse_foreign_database(connection)
        pending = pending_files(wanted, read_status(connection, files))
        if pending:
            backend = PrintingBackend(connection, session_settings(), write)
            backend.prepare_history()
            for file in pending:
                backend.apply_one(FileMigration(file))
        return len(pending)


def find_last(dsn: str, *, directory: Path = MIGRATIONS) -> MigrationFile:
    """The last applied migration, which `rollback` takes back.

    Raises:
        MigrationError: nothing is applied, a file was edited after it was applied, or the last one's is missing.

    """
    with connected(dsn) as connection:
        files = read_migrations(directory)
        return _last(files, read_status(connection, files))


def rollback(  # noqa: PLR0913
    dsn: str,
    *,
    directory: Path = MIGRATIONS,
    expected: str | None = None,
    waiting: Callable[[], None] | None = None,
    patience: Patience | None = None,
    lock_timeout: str = LOCK_TIMEOUT,
    statement_timeout: str = STATEMENT_TIMEOUT,
) -> Applied:
    """Roll back the last applied migration; `expected` is its id, if somebody has agreed to that one.

    It's tried again as by `migrate`.

    Raises:
        MigrationError: nothing is applied, a file was edited after it was applied or the last one's is missing, it
            isn't the expected one, or a statement failed; the database is as before.

    """
    files = read_migrations(directory)
    settings = session_settings(lock_timeout, statement_timeout)
    with locked(dsn, settings, waiting) as connection:
        file = _last(files, read_status(connection, files))
        if expected not in {None, file.id}:
            raise MigrationError(f"{file.id} is the last one by now, and not {expected}: nothing was taken back")
        backend = Backend(connection, settings)
        with trying(dsn, connection, patience) as tries:
            return _timed(backend.rollback_one, FileMigration(file), file.rollback_path, tries)


def up_to(files: Sequence[MigrationFile], to: str | None) -> Sequence[MigrationFile]:
    """Migrations up to that of an id or a number, such as 21 or 0021; all without one.

    Raises:
        MigrationError: there's no such migration.

    """
    if to is None:
        return files
    for count, file in enumerate(files, start=1):
        if file.goes_by(to):
            return files[:count]
    raise MigrationError(f"{to} is no migration: give a number from 1 to {len(files)}, or a name")


def _last(files: Sequence[MigrationFile], entries: Sequence[MigrationStatus]) -> MigrationFile:
    refuse_edited(entries)
    applied = [entry for entry in entries if entry.state != "pending"]
    if not applied:
        raise MigrationError("no migration is applied")
    last = applied[-1]
    if last.state == "missing":
        raise MigrationError(f"{last.id} is applied, but this release doesn't have it: it can't be taken back here")
    [file] = [file for file in files if file.id == last.id]
    return file


def _timed(
    run: Callable[[FileMigration], None],
    migration: FileMigration,
    path: Path,
    tries: Tries,
    report: Report | None = None,
) -> Applied:
    started = perf_counter()
    try:
        tries.run(lambda: run(migration), path.name)
    except ScriptError as error:
        raise MigrationError(str(error)) from error
    except psycopg.Error as error:
        raise MigrationError(f"{path.name}: {reason(error)}") from error
    applied = Applied(migration.id, perf_counter() - started)
    if report is not None:
        report(applied)
    return applied
