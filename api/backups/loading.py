"""Restores a dump: into an empty database, or its rows alone into a migrated one."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Identifier

from api.backups.checksums import TableSum, differences, read_tables, table_sums
from api.backups.dumping import DUMP, read_contents
from api.backups.folder import Backup, BackupError, locked
from api.backups.programs import first_error, run_client, run_command
from api.migrations.backend import RECORDS
from api.migrations.scripts import run_script
from api.migrations.states import read_history
from api.paths import AFTER_RESTORE
from api.postgres.programs import find_client, without_secrets

# An entry of pg_restore's list: numbers, kind, schema, name, owner.
_ENTRY: Final = re.compile(r"\d+; \d+ \d+ ([A-Z ]+) (\S+) (.+) \S+")
# What the database has already, or only an owner of others' objects may do.
_LEFT_OUT: Final = re.compile(r"SCHEMA - public|COMMENT - (SCHEMA|EXTENSION) ")
_REFERENCES: Final = """
select conrelid::regclass::name, confrelid::regclass::name
  from pg_constraint
 where contype = 'f'
   and connamespace = 'public'::regnamespace
"""
# What a migrated database has of its own: marks of its migrations, and when the workers' turns are due.
_OWN: Final = frozenset({*RECORDS, "schedules"})
# What migrations fill. Rows of other tables refer to it, so it has to be as the dump's.
FILLED: Final = frozenset({"concerns", "consent_texts", "library_suggestions"})
_ANY: Final = SQL("select from public.{table} limit 1")


def restore_dump(backup: Backup, dsn: str, *, data_only: bool) -> dict[str, TableSum]:
    """Fill a database with a dump, compare it with what was dumped, and end all sessions; returns what it holds.

    The database is empty, or with `data_only` migrated and without rows. What is restored belongs to the user of `dsn`,
    who needs to be no superuser; sql/roles.sql gives it to its owner, and grants.

    Raises:
        BackupError: the dump is damaged, the database isn't as it has to be, or a row doesn't fit; nothing is changed
            then. Or rows differ afterwards: then the message names the tables.
        psycopg.Error: the database can't be reached.

    """
    with locked(backup.path.parent):
        contents = read_contents(backup)
        with psycopg.connect(dsn, autocommit=True) as connection:
            if data_only:
                tables = {name: table for name, table in contents.tables.items() if name not in _OWN}
                _check_migrated(connection, contents.migrations, tables)
                load_rows(backup.path / DUMP, dsn, _in_order(connection, tables.keys() - FILLED))
            else:
                tables = contents.tables
                if present := read_tables(connection):
                    raise BackupError(
                        f"the database is not empty: it has {next(iter(present))}; --data-only fills a migrated one"
                    )
                load_all(backup.path / DUMP, dsn, "--no-owner", "--no-privileges")
            if wrong := differences(tables, found := table_sums(connection, tables)):
                raise BackupError(f"the database is not what was dumped, so don't use it: {'; '.join(wrong)}")
            run_script(connection, AFTER_RESTORE, AFTER_RESTORE.read_text("utf-8"))
    return found


def load_all(file: Path, dsn: str, *options: str) -> None:
    """Fill an empty database with all that a dump holds, or with nothing.

    Raises:
        BackupError: pg_restore failed.

    """
    kept = [line for line in _list(file, dsn) if not _LEFT_OUT.search(line)]
    with _use_list(kept) as listed:
        whole = ["--exit-on-error", "--single-transaction", f"--use-list={listed.name}"]
        run_client("pg_restore", dsn, *options, *whole, file)


def load_rows(file: Path, dsn: str, tables: Sequence[str]) -> None:
    """Fill tables, in an order in which foreign keys hold, without their triggers: what these did is in the rows.

    It takes the tables' owner: PostgreSQL has pg_restore disable triggers only for superusers, as it would those of
    foreign keys too.

    Raises:
        BackupError: a row doesn't fit; nothing is changed.

    """
    entries = [(found, line) for line in _list(file, dsn) if (found := _ENTRY.match(line))]
    rows = {found[3]: line for found, line in entries if found[1] == "TABLE DATA"}
    kept = [rows[table] for table in tables] + [line for found, line in entries if found[1] == "SEQUENCE SET"]
    begin = ["begin", "set local lock_timeout = '5s'", *(_trigger(table, "disable") for table in tables)]
    end = [*(_trigger(table, "enable") for table in tables), "commit"]
    address, environment = without_secrets(dsn)
    with _use_list(kept) as listed:
        # Where it ends early, psql gets no `commit`, and all is taken back.
        options = ["--data-only", f"--use-list={listed.name}", "--file=-"]
        script = [find_client("pg_restore", dsn), *options, str(file)]
        psql = [find_client("psql", dsn), "--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null"]
        with (
            subprocess.Popen([*psql, "-d", address], stdin=-1, stderr=-1, env=environment) as loading,  # noqa: S603
            subprocess.Popen(script, stdout=-1, stderr=-1) as reading,  # noqa: S603
        ):
            assert loading.stdin
            assert loading.stderr
            assert reading.stdout
            try:
                loading.stdin.write(_statements(begin))
                shutil.copyfileobj(reading.stdout, loading.stdin, 1 << 20)
                if reading.wait() == 0:
                    loading.stdin.write(_statements(end))
                loading.stdin.close()
            except BrokenPipeError:
                reading.kill()
            said = loading.stderr.read().decode(errors="replace")
        if loading.returncode or reading.returncode:
            raise BackupError(f"the rows can't be restored: {first_error(said) or 'the dump is damaged'}")


def _list(file: Path, dsn: str) -> list[str]:
    return run_command([find_client("pg_restore", dsn), "--list", file]).splitlines()


def _use_list(lines: Iterable[str]) -> Any:
    """A temporary file with entries of a dump that are to be restored, in this order."""
    listed = tempfile.NamedTemporaryFile("w", prefix="nestwerk-")  # noqa: SIM115
    listed.write("\n".join(lines))
    listed.flush()
    return listed


def _statements(texts: Iterable[str]) -> bytes:
    return "".join(f"{text};\n" for text in texts).encode()


def _trigger(table: str, change: str) -> str:
    return f'alter table public."{table}" {change} trigger user'


def _in_order(connection: psycopg.Connection[Any], tables: Iterable[str]) -> list[str]:
    """Tables behind those that they refer to."""
    graph: dict[str, set[str]] = {table: set() for table in tables}
    for table, referenced in connection.execute(_REFERENCES):
        if table in graph and referenced != table:
            graph[table].add(referenced)
    return [table for table in TopologicalSorter(graph).static_order() if table in graph]


def _check_migrated(
    connection: psycopg.Connection[Any], migrations: Sequence[str], tables: Mapping[str, TableSum]
) -> None:
    applied = read_history(connection)
    if missing := [id for id in migrations if id not in applied]:
        raise BackupError(f"the database lacks the migration {missing[0]} that the dump's has: run `just migrate`")
    if filled := next((name for name in tables if name not in FILLED and _has_rows(connection, name)), None):
        raise BackupError(f"the database has rows already: in {filled}")
    filled_by_migrations = {name: table for name, table in tables.items() if name in FILLED}
    if wrong := differences(filled_by_migrations, table_sums(connection, filled_by_migrations)):
        raise BackupError(
            f"the database isn't as the dump's, whose last migration is {migrations[-1]}: {'; '.join(wrong)}. Migrate a"
            " new one to that with `just migrate --to`, and the rest of the way when it's filled"
        )


def _has_rows(connection: psycopg.Connection[Any], table: str) -> bool:
    return bool(connection.execute(_ANY.format(table=Identifier(table))).fetchall())
