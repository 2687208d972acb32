"""Backs up any database with pg_dump: definitions, rows, and what they add up to."""

import hashlib
import os
from pathlib import Path
from typing import Final

import msgspec
import psycopg

from api.atomic_write import sync_folder
from api.backups.checksums import TableSum, table_sums
from api.backups.folder import Backup, BackupError, locked, write_backup
from api.backups.programs import run_client, run_command
from api.migrations.states import read_history
from api.postgres.programs import find_client

DUMP: Final = "nestwerk.dump"
_ROLES: Final = "roles.sql"
_CONTENTS: Final = "contents.json"
# The extension that the schema needs, where it's there already; others are the server's own.
_EXTENSIONS: Final = "select '--extension=' || extname from pg_extension where extname = 'vector'"


class Contents(msgspec.Struct, frozen=True):
    """What a dump holds: the migrations that were applied, and the sums of its tables; and the digest of its file."""

    migrations: list[str]
    tables: dict[str, TableSum]
    sha256: str


def take_dump(dsn: str, folder: Path) -> Backup:
    """Dump a database to a folder, with the roles of its server but not their passwords, and verify the file.

    Raises:
        BackupError: pg_dump failed; nothing of it is left.
        ClientError: there's no pg_dump that can connect.
        psycopg.Error: the database can't be reached.

    """
    with psycopg.connect(dsn) as connection:
        database = f"--database={connection.info.dbname}"

    def write(unfinished: Path) -> None:
        migrations, tables = dump(dsn, unfinished / DUMP)
        # For whoever sets up a server in its place: nothing reads it back.
        roles = run_client("pg_dumpall", dsn, "--roles-only", "--no-role-passwords", database)
        (unfinished / _ROLES).write_text(roles)
        contents = Contents(migrations, tables, _sha256(unfinished / DUMP))
        with (unfinished / _CONTENTS).open("xb") as file:
            file.write(msgspec.json.encode(contents))
            os.fsync(file.fileno())
        sync_folder(unfinished)
        # All of it is read once, and thrown away.
        run_command([find_client("pg_restore", dsn), "--file=/dev/null", unfinished / DUMP])

    with locked(folder):
        return write_backup(folder, "dump", write)


def dump(dsn: str, file: Path) -> tuple[list[str], dict[str, TableSum]]:
    """Dump a database to a file; returns its migrations and sums, which are of the same moment.

    Raises:
        BackupError: pg_dump failed.

    """
    with psycopg.connect(dsn) as connection:
        connection.execute("set transaction isolation level repeatable read, read only")
        [(snapshot,)] = connection.execute("select pg_export_snapshot()").fetchall()
        extensions = [option for (option,) in connection.execute(_EXTENSIONS)]
        options = ["--format=custom", f"--snapshot={snapshot}", "--schema=public", *extensions, f"--file={file}"]
        run_client("pg_dump", dsn, *options)
        return [*read_history(connection)], table_sums(connection)


def read_contents(backup: Backup) -> Contents:
    """What a dump holds.

    Raises:
        BackupError: a file is missing or damaged.

    """
    try:
        contents = msgspec.json.decode((backup.path / _CONTENTS).read_bytes(), type=Contents)
        found = _sha256(backup.path / DUMP)
    except (OSError, msgspec.DecodeError) as error:
        raise BackupError(f"{backup.path} is damaged: {error}") from None
    if found != contents.sha256:
        raise BackupError(f"{backup.path} is damaged: {DUMP} is not what was written")
    return contents


def _sha256(file: Path) -> str:
    with file.open("rb") as reading:
        return hashlib.file_digest(reading, "sha256").hexdigest()
