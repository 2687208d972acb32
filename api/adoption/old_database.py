"""Reads a database of the system before: PostgreSQL 12 or later, so nothing newer is used of its catalog."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Composable, Composed, Identifier
from tqdm import tqdm

from api.adoption.constraints import TABLES
from api.command_error import CommandError
from api.database_url.reading import DatabaseUrlError, complete_url
from api.migrations.scripts import reason

VARIABLE: Final = "OLD_DATABASE_URL"
_COLUMNS: Final = """
select n.nspname, c.relname, a.attname, t.typcategory = 'A'
  from pg_class as c
  join pg_namespace as n on n.oid = c.relnamespace
  join pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  join pg_type as t on t.oid = a.atttypid
 where c.relkind in ('r', 'p', 'v')
   and n.nspname !~ '^pg_'
   -- A schema of ours in the same database isn't an old one.
   and not exists (
         select from pg_class as mark where mark.relnamespace = n.oid and mark.relname = 'migration_checksums'
       )
"""
_NEEDED: Final[Mapping[str, Sequence[str]]] = {
    "users": ("id", "username", "email", "password"),
    "parent_profiles": ("id", "user_id", "completed_onboarding", "onboarding_data"),
    "child_profiles": ("id", "parent_profile_id", "name", "age"),
    "parenting_goals": ("id", "parent_profile_id", "title"),
}


class OldDatabaseError(CommandError):
    """The old database can't be read; the message says why, without a password or a value of a row."""


class OldTable:
    """A table of the old database, and its columns by their names here."""

    def __init__(self, schema: str, name: str) -> None:
        self.name = Identifier(schema, name)
        # Name and whether it's an array, by the name without underscores and capitals.
        self.columns: dict[str, tuple[str, bool]] = {}

    def query(self, columns: list[str]) -> Composable:
        """Query for all rows, with each column as text; one that the table lacks is null."""
        return SQL("select {} from {} where {} is not null").format(
            SQL(", ").join(map(self._text, columns)), self.name, Identifier(self.columns["id"][0])
        )

    def _text(self, column: str) -> Composable:
        found = self.columns.get(plain_name(column))
        if found is None:
            return SQL("null")
        name, is_array = found
        return SQL("to_jsonb({})::text" if is_array else "{}::text").format(Identifier(name))


def plain_name(name: str) -> str:
    """Name without what snake_case and camelCase differ in: parent_profiles, parentProfiles."""
    return name.replace("_", "").lower()


def discreet_reason(error: psycopg.Error) -> str:
    """Why a statement failed; messages about a value quote it, so only their kind is told."""
    return type(error).__name__ if isinstance(error, psycopg.DataError) else reason(error)


@contextmanager
def _its_errors() -> Iterator[None]:
    """Say of which of the two databases an error is."""
    try:
        yield
    except psycopg.Error as error:
        raise OldDatabaseError(f"the old database: {discreet_reason(error)}; nothing was changed") from None


@contextmanager
def old_database(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that only reads, and sees the database as it is now until the block ends.

    Raises:
        OldDatabaseError: it can't be reached or read.

    """
    try:
        # Messages of libpq would quote parts of a malformed address.
        checked = complete_url(url)
    except DatabaseUrlError as error:
        raise OldDatabaseError(str(error).replace("DATABASE_URL", f"OLD_URL or {VARIABLE}")) from None
    with _its_errors():
        connection = psycopg.connect(checked, application_name="nestwerk adopt")
    with closing(connection):
        connection.read_only = True
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        with _its_errors():
            connection.execute(
                "select set_config('client_encoding', 'UTF8', true), set_config('timezone', 'UTC', true),"
                " set_config('datestyle', 'ISO', true), set_config('statement_timeout', '0', true)"
            )
        yield connection


def find_tables(connection: psycopg.Connection[Any], schema: str | None) -> dict[str, OldTable]:
    """The old tables by their names here; those of children and goals may be missing.

    Raises:
        OldDatabaseError: there are none, or in several schemas, or one lacks a column that is needed.

    """
    ours = {plain_name(table): table for table in TABLES}
    found: dict[str, dict[str, OldTable]] = {}
    with _its_errors():
        columns = connection.execute(_COLUMNS).fetchall()
    for in_schema, relation, attribute, is_array in columns:
        name = ours.get(plain_name(relation))
        if name is not None and schema in {None, in_schema}:
            table = found.setdefault(in_schema, {}).setdefault(name, OldTable(in_schema, relation))
            table.columns[plain_name(attribute)] = (attribute, is_array)
    complete = {name: tables for name, tables in found.items() if {"users", "parent_profiles"} <= tables.keys()}
    if not complete:
        raise OldDatabaseError(
            "the old database has no schema with the tables users and parent_profiles; tables that `just migrate` made"
            " aren't old ones"
        )
    if len(complete) > 1:
        raise OldDatabaseError(
            f"several schemas have the tables, {', '.join(sorted(complete))}: say which with --schema"
        )
    [tables] = complete.values()
    for name, table in tables.items():
        if lacking := [column for column in _NEEDED[name] if plain_name(column) not in table.columns]:
            raise OldDatabaseError(f"the old table {name} lacks {', '.join(lacking)}")
    return tables


def copy_rows(
    old: psycopg.Connection[Any], table: OldTable, columns: list[str], new: psycopg.Connection[Any], target: str
) -> None:
    """Copy a table's rows as they are to a table of texts, with a progress bar."""
    with _its_errors():
        [(count,)] = old.execute(SQL("select count(*) from {}").format(table.name))
    source = SQL("copy ({}) to stdout").format(table.query(columns))
    statement = SQL("copy {} ({}) from stdin").format(Identifier(target), SQL(", ").join(map(Identifier, columns)))
    with (
        tqdm(total=count, unit=" rows", desc=f"reading {target.removeprefix('old_')}") as progress,
        new.cursor().copy(statement) as writing,
    ):
        for block in _read(old, source):
            writing.write(block)
            # COPY escapes the newlines of values.
            progress.update(block.count(b"\n"))


def _read(old: psycopg.Connection[Any], source: Composed) -> Iterator[bytes]:
    with _its_errors(), old.cursor().copy(source) as reading:
        for block in reading:
            yield bytes(block)
