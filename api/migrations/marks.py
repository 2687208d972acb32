"""Sets marks right without running a migration: of a schema that is there, and of rollbacks that were mended."""

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from api.migrations.backend import Backend, FileMigration
from api.migrations.connection import connected, locked
from api.migrations.files import MigrationError, MigrationFile, read_migrations
from api.migrations.git import files_as_applied
from api.migrations.session import session_settings
from api.migrations.states import read_history
from api.paths import MIGRATIONS


class Mended(msgspec.Struct, frozen=True):
    """A migration whose rollback was edited after it was applied: the rollback as it was, and the checksum kept."""

    file: MigrationFile
    rollback: str
    applied: str


def mark_applied(dsn: str, files: Sequence[MigrationFile], *, waiting: Callable[[], None] | None = None) -> None:
    """Mark migrations as applied on a database that has their schema already, and no marks.

    Raises:
        MigrationError: the database can't be used, or migrations are applied already.

    """
    settings = session_settings()
    with locked(dsn, settings, waiting) as connection, connection.transaction():
        if read_history(connection):
            raise MigrationError("migrations are applied already: `just status` shows them")
        backend = Backend(connection, settings)
        backend.prepare_history()
        # Marks without checksums, as where only that table was lost, or where yoyo itself migrated.
        backend.run("delete from _yoyo_migration")
        for file in files:
            backend.mark_one(FileMigration(file))
            backend.keep_checksum(FileMigration(file))


def find_mended(dsn: str, *, directory: Path = MIGRATIONS) -> list[Mended]:
    """Applied migrations whose rollbacks were edited since, in order. What they were is looked up in git.

    Raises:
        MigrationError: a migration itself was edited, or no revision shows what its files were.

    """
    with connected(dsn) as connection:
        applied = {id: checksum for id, (_, checksum) in read_history(connection).items()}
    files = read_migrations(directory)
    return [_mended(file, applied[file.id]) for file in files if applied.get(file.id, file.checksum) != file.checksum]


def accept(dsn: str, mended: Sequence[Mended], *, waiting: Callable[[], None] | None = None) -> None:
    """Keep the checksums of mended rollbacks.

    Raises:
        MigrationError: what is applied has changed meanwhile; then nothing is kept.

    """
    settings = session_settings()
    with locked(dsn, settings, waiting) as connection, connection.transaction():
        backend, history = Backend(connection, settings), read_history(connection)
        for each in mended:
            if each.file.id not in history or history[each.file.id][1] != each.applied:
                raise MigrationError(f"{each.file.id} was applied or taken back meanwhile: run this again")
            backend.keep_checksum(FileMigration(each.file))


def _mended(file: MigrationFile, applied: str) -> Mended:
    texts = files_as_applied(file, applied)
    if texts is None:
        raise MigrationError(
            f"no revision that git knows has the files of {file.id} as they were applied, so nothing shows whether "
            "only its rollback was edited: run this in a clone that has them"
        )
    apply, rollback = texts
    if apply != file.apply:
        raise MigrationError(
            f"{file.path.name} itself was edited, and the database is as it was before: take that back, and write a "
            "new migration instead"
        )
    return Mended(file, rollback, applied)
