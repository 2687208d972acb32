"""How each migration stands in a database, and databases that aren't as they should be."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import msgspec
import psycopg

from api.migrations.backend import CHECKSUMS
from api.migrations.connection import connected
from api.migrations.files import MigrationError, MigrationFile, read_migrations
from api.paths import MIGRATIONS

State = Literal["applied", "pending", "edited", "missing"]

HISTORY: Final = """
select history.migration_id, history.applied_at_utc, coalesce(checksums.checksum, '')
  from _yoyo_migration as history
  left join migration_checksums as checksums
    on checksums.migration_id = history.migration_id
 order by history.migration_id
"""
# A table in the schema that migrations work in, except tables of extensions.
FOREIGN_TABLES: Final = """
select c.relname
  from pg_class as c
 where c.relnamespace = current_schema()::regnamespace
   and c.relkind in ('r', 'p')
   and not exists (select from pg_depend as d where d.objid = c.oid and d.deptype = 'e')
 order by c.relname
 limit 1
"""
# Schemas that migrations were applied in, or an extension was made in, though it should be the current one.
_OTHER_SCHEMAS: Final = """
select relnamespace::regnamespace::text,
       'holds what migrations made, and everything is to be in the schema public: move it there, or drop it'
  from pg_class
 where relname = %(checksums)s
   and relkind = 'r'
   and relnamespace <> 'public'::regnamespace
 union all
select extnamespace::regnamespace::text,
       'has the extension vector, and it is to be in public: `alter extension vector set schema public`'
  from pg_extension
 where extname = 'vector'
   and extnamespace <> 'public'::regnamespace
"""


class MigrationStatus(msgspec.Struct, frozen=True):
    """State of a migration; `missing` if it is applied but has no file."""

    id: str
    state: State
    applied_at: datetime | None


def status(dsn: str, *, directory: Path = MIGRATIONS) -> list[MigrationStatus]:
    """State of each migration, in order.

    Raises:
        MigrationError: a file can't be used, or the database can't be reached or isn't ours.

    """
    return _status(dsn, read_migrations(directory))


def check_current(dsn: str, *, directory: Path = MIGRATIONS) -> list[str]:
    """Refuse a database that the code can't work with; returns the applied migrations that the code doesn't know.

    Raises:
        MigrationError: the schema is behind or another branch's, or a file was edited after it was applied.

    """
    files = read_migrations(directory)
    entries = _status(dsn, files)
    refuse_edited(entries)
    _refuse_other_branches(files, entries)
    pending = [entry.id for entry in entries if entry.state == "pending"]
    if pending:
        raise MigrationError(f"the schema is behind: {pending[0]} is not applied; run `just migrate`")
    return [entry.id for entry in entries if entry.state == "missing"]


def _status(dsn: str, files: Sequence[MigrationFile]) -> list[MigrationStatus]:
    with connected(dsn) as connection:
        refuse_foreign_database(connection)
        return read_status(connection, files)


def read_status(connection: psycopg.Connection[Any], files: Sequence[MigrationFile]) -> list[MigrationStatus]:
    """State of each migration, in order."""
    history = read_history(connection)
    entries = []
    for file in files:
        if file.id not in history:
            entries.append(MigrationStatus(file.id, "pending", None))
            continue
        at, checksum = history.pop(file.id)
        entries.append(MigrationStatus(file.id, "applied" if checksum == file.checksum else "edited", at))
    entries += [MigrationStatus(id, "missing", at) for id, (at, _) in history.items()]
    return sorted(entries, key=lambda entry: entry.id)


def read_history(connection: psycopg.Connection[Any]) -> dict[str, tuple[datetime, str]]:
    """When each migration was applied, and the checksum of its files."""
    # A run that was interrupted early may have created only one of the two tables.
    if connection.execute(
        "select to_regclass('_yoyo_migration') is not null and to_regclass(%s) is not null", (CHECKSUMS,)
    ).fetchone() != (True,):
        return {}
    return {id: (at, checksum) for id, at, checksum in connection.execute(HISTORY)}


def pending_files(files: Sequence[MigrationFile], entries: Sequence[MigrationStatus]) -> list[MigrationFile]:
    """Which of some files are to be applied; the entries are of all.

    Raises:
        MigrationError: a file was edited after it was applied, or came late.

    """
    refuse_edited(entries)
    _refuse_other_branches(files, entries)
    applied = [entry.id for entry in entries if entry.state != "pending"]
    pending = [entry.id for entry in entries if entry.state == "pending"]
    if applied and pending and pending[0] < applied[-1]:
        raise MigrationError(f"{pending[0]} came late: {applied[-1]} is applied already; give it the next number")
    return [file for file in files if file.id in pending]


def _refuse_other_branches(files: Sequence[MigrationFile], entries: Sequence[MigrationStatus]) -> None:
    """Refuse a number that another migration has in the database, as where two branches gave it."""
    numbers = {file.id[:4]: file.id for file in files}
    for entry in entries:
        if entry.state == "missing" and (here := numbers.get(entry.id[:4])) is not None:
            raise MigrationError(
                f"{entry.id} is applied, and here {here} has its number: give {here} the next number, and bring the "
                "files of the other, as by merging its branch"
            )


def refuse_edited(entries: Sequence[MigrationStatus]) -> None:
    """Refuse a database whose migrations have other files now."""
    edited = [entry.id for entry in entries if entry.state == "edited"]
    if edited:
        raise MigrationError(
            f"edited after being applied: {', '.join(edited)}; write a new migration instead, or run `just repair` if "
            "only what takes it back was mended"
        )


def refuse_foreign_database(connection: psycopg.Connection[Any]) -> None:
    """Refuse a database that others made tables in, or whose tables are in another schema."""
    if connection.execute("select to_regclass(%s)", (CHECKSUMS,)).fetchone() != (None,):
        return
    other = connection.execute(_OTHER_SCHEMAS, {"checksums": CHECKSUMS}).fetchone()
    if other is not None:
        raise MigrationError(f"the schema {other[0]} {other[1]}")
    foreign = connection.execute(FOREIGN_TABLES).fetchone()
    if foreign is not None:
        raise MigrationError(
            f"the database is not empty and was not made by these migrations: table {foreign[0]}; if it has their "
            "schema, `just baseline` marks them as applied"
        )
