"""Stages the old rows in temporary tables, and makes rows of ours of them.

They are temporary so that nothing of them stays, whatever ends the command.
"""

from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Composable, Identifier, Literal

from api.adoption.constraints import TABLES
from api.adoption.old_database import copy_rows, discreet_reason, find_tables, old_database
from api.command_error import CommandError
from api.migrations.scripts import ScriptError, run_script

_HERE: Final = Path(__file__).parent
_SETTINGS: Final = """
select set_config('timezone', 'UTC', false), set_config('adoption.timezone', %s, false),
       set_config('temp_buffers', '256MB', false), set_config('work_mem', '128MB', false),
       set_config('statement_timeout', '0', false), set_config('transaction_timeout', '0', false),
       set_config('search_path', 'public, pg_temp', false), set_config('client_min_messages', 'warning', false),
       set_config('client_encoding', 'UTF8', false)
"""
# Columns of profiles and children.
WORKED_OUT: Final = frozenset(
    {
        "changed_since_check",
        "last_suggestion_check",
        "profile_embedding",
        "profile_embedding_digest",
        "profile_embedding_model",
        "refuses_health_data",
    }
)


class AdoptionError(CommandError):
    """The old rows weren't taken over; the message says why, and what is as it was."""


def columns_of(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """Columns of one of our tables, in order."""
    query = "select attname from pg_attribute where attrelid = %s::regclass and attnum > 0 and not attisdropped"
    return [name for (name,) in connection.execute(f"{query} order by attnum", [table])]


def compared_columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """Columns of one of our tables whose values are the old system's, or a parent's."""
    return [
        column
        for column in columns_of(connection, table)
        if column not in WORKED_OUT and (table, column) != ("users", "updated_at")
    ]


def digest(connection: psycopg.Connection[Any], table: str, alias: str) -> Composable:
    """Expression for the digest of a row's values, of ours or as it is to be.

    A hash that a login renewed counts as the one before: the password is the same. What the service works out for
    itself is no change of a row.
    """
    columns: list[Composable] = [
        SQL("coalesce((select old_password from former_passwords where user_id = ours.id), ours.password)")
        if (alias, table, column) == ("ours", "users", "password")
        else Identifier(alias, column)
        for column in compared_columns(connection, table)
    ]
    return SQL("md5(row({})::text)::uuid").format(SQL(", ").join(columns))


def prepare(connection: psycopg.Connection[Any], timezone: str) -> None:
    """Set the session up, and make the temporary tables.

    Raises:
        AdoptionError: there is no such time zone.

    """
    if connection.execute("select from pg_timezone_names where name = %s", [timezone]).fetchone() is None:
        raise AdoptionError(f"--timezone {timezone!r} is no time zone, such as UTC or Europe/Amsterdam")
    connection.execute(_SETTINGS, [timezone])
    run_file(connection, "casts.sql")
    for table in TABLES:
        texts = [SQL("{} text").format(Identifier(name)) for name in columns_of(connection, table) if name != "id"]
        connection.execute(
            SQL("create temp table {} (id bigint, {})").format(Identifier(f"old_{table}"), SQL(", ").join(texts))
        )
        connection.execute(
            SQL("create temp table {} as table {} with no data").format(Identifier(f"new_{table}"), Identifier(table))
        )
        connection.execute(
            SQL("alter table {} add line bigint generated always as identity, add label text, add rank bigint").format(
                Identifier(f"new_{table}")
            )
        )
    run_file(connection, "tables.sql")


def read_old_rows(connection: psycopg.Connection[Any], url: str, schema: str | None) -> None:
    """Copy the old rows."""
    with old_database(url) as old:
        for name, source in find_tables(old, schema).items():
            copy_rows(old, source, columns_of(connection, name), connection, f"old_{name}")
    for table in TABLES:
        if table != "users":
            owner = "user_id" if table == "parent_profiles" else "parent_profile_id"
            connection.execute(SQL("create index on {} ({})").format(Identifier(f"old_{table}"), Identifier(owner)))
        connection.execute(SQL("analyze {}").format(Identifier(f"old_{table}")))


def transform(connection: psycopg.Connection[Any]) -> None:
    """Make rows of ours of the old ones, as far as their values are of our types."""
    for name in ("transform.sql", "document_rows.sql", "shapes.sql"):
        run_file(connection, name)
    for table in TABLES:
        connection.execute(SQL("analyze {}").format(Identifier(f"new_{table}")))


def note_kept_rows(connection: psycopg.Connection[Any]) -> None:
    """Note the rows of ours that stay as they are: made here, or changed here since they were adopted."""
    connection.execute("truncate kept_rows")
    for table in TABLES:
        connection.execute(
            SQL(
                "insert into kept_rows (of_table, id) select {name}, ours.id"
                "  from {table} as ours left join adopted_rows as adopted"
                "    on adopted.of_table = {name} and adopted.id = ours.id"
                " where adopted.digest is distinct from {digest}"
            ).format(name=Literal(table), table=Identifier(table), digest=digest(connection, table, "ours"))
        )
    connection.execute("analyze kept_rows")


def run_file(connection: psycopg.Connection[Any], name: str) -> None:
    """Run the statements of one of the SQL files here.

    Raises:
        CommandError: a statement failed; the message quotes no value of a row.

    """
    try:
        run_script(connection, _HERE / name, (_HERE / name).read_text("utf-8"))
    except ScriptError as error:
        if isinstance(error.__cause__, psycopg.Error):
            raise AdoptionError(f"{name}: {discreet_reason(error.__cause__)}") from None
        raise
