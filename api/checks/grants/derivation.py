"""Derives the grants of sql/roles.sql: the service's from its statements, the reader's from the columns' comments.

PostgreSQL's plan of a statement says what it needs.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from api.checks.faults import Fault
from api.checks.grants import release_grants
from api.checks.grants.needs import Need, read_needs
from api.checks.grants.release_grants import Grants, beyond, plannable
from api.checks.grants.roles import READER, SERVICE
from api.checks.grants.roles_file import (
    doubtful,
    read_column_privacy,
    readable_columns,
    refusal,
    service_statements,
)
from api.checks.kept_files import around
from api.command_error import CommandError
from api.database.statements.files import Statement
from api.migrations.scripts import run_script
from api.paths import ROLES
from api.sql_parser.lexer import quoted

BEGIN, END = "-- <grants>\n", "-- </grants>\n"

_PRIVILEGES: Final = ("select", "insert", "update")
# Spaces before a list of columns, and the maximal length of a line.
_INDENT: Final = 8
_WIDTH: Final = 120


class GrantsError(CommandError):
    """Statements that PostgreSQL refuses whatever is granted on tables; the message names each, one line for each."""


def roles_file(dsn: str, statements: Mapping[str, Statement], former: Collection[Statement] | None = None) -> str:
    """Text of sql/roles.sql with the grants derived from a migrated database and the statements.

    `former` are the statements of the release before: what only they need is granted too, save to those that the
    schema doesn't let run. Without them, what the file grants to that release stays.

    The database has the roles afterwards, and grants of everything to the service.

    Raises:
        ScriptError: the hand-written part of the file fails.
        MarkersError: the file doesn't say where the grants stand.
        GrantsError: PostgreSQL refuses a statement whatever is granted on tables.

    """
    before, after = around(ROLES, ROLES.read_text("utf-8"), BEGIN, END)
    before_release, after_release = around(ROLES, after, release_grants.BEGIN, release_grants.END)
    with psycopg.connect(dsn, autocommit=True) as connection:
        run_script(connection, ROLES, before + "commit;\n")
        tables = _columns(connection)
        needed: Grants = {}
        if former is not None:
            needed = _needed_privileges(connection, tables, service_statements(plannable(connection, former)))
        service = _needed_privileges(connection, tables, service_statements(statements.values()))
        reader = {
            table: {"select": [] if len(columns) == len(tables[table]) else columns}
            for table, columns in readable_columns(read_column_privacy(connection, READER)).items()
        }
    lines = [
        "-- The service: what its statements need. To lock rows, it needs the right to update one of their columns.",
        *_statements(service, SERVICE),
        "-- The reader: columns whose comment says personal or operational.",
        *_statements(reader, READER),
    ]
    if former is not None:
        kept = "\n".join(_statements(beyond(needed, service), SERVICE))
        after = f"{before_release}{kept}{after_release}"
    grants = "\n".join(lines).rstrip("\n")
    return f"{before}{grants}\n{after}"


def _columns(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, column, *_ in read_column_privacy(connection, READER):
        found.setdefault(table, []).append(column)
    return found


def _needed_privileges(
    connection: psycopg.Connection[Any], tables: Mapping[str, Sequence[str]], statements: Sequence[Statement]
) -> Grants:
    """Privileges that the service needs, by table."""
    needed: dict[str, dict[str, list[str]]] = {}
    # Everything is granted first, as a statement may use several tables.
    for table, columns in tables.items():
        connection.execute(_grant_all(table, columns))
    if refused := [
        fault for statement in doubtful(connection, statements) if (fault := _misfit(connection, statement))
    ]:
        raise GrantsError("\n".join(map(str, refused)))
    needs = read_needs(connection, statements)
    for table, columns in tables.items():
        for privilege in _PRIVILEGES:
            wanted = [need.columns for need in needs if (need.privilege, need.table) == (privilege, table)]
            # Any one column will do where none is named, so the last one has to where no other is granted.
            named = frozenset[str]().union(*wanted) or set(columns[-1:])
            if wanted:
                needed.setdefault(table, {})[privilege] = [column for column in columns if column in named]
        if Need("delete", table) in needs:
            needed.setdefault(table, {})["delete"] = []
    return needed


def _misfit(connection: psycopg.Connection[Any], statement: Statement) -> Fault | None:
    """What PostgreSQL says of a statement that it refuses though everything is granted."""
    try:
        said = refusal(connection, [statement])
    except psycopg.Error as error:
        said = error.diag.message_primary
    return Fault(statement.path, statement.line, statement.name, f"PostgreSQL says: {said}") if said else None


def _grant_all(table: str, columns: Sequence[str]) -> Composed:
    """On columns, as on the whole table those of the system would be granted too, which roles.sql doesn't grant."""
    listed = SQL(", ").join(map(Identifier, columns))
    return SQL("grant {}, delete on {} to {}").format(
        SQL(", ").join(SQL("{} ({})").format(SQL(privilege), listed) for privilege in _PRIVILEGES),
        Identifier(table),
        Identifier(SERVICE),
    )


def _statements(grants: Grants, role: str) -> Iterator[str]:
    """`grant` statements, on one line if they fit, in the layout of the other SQL."""
    for table, of_table in sorted(grants.items()):
        parts = [_privilege(privilege, columns) for privilege, columns in of_table.items()]
        if len(parts) == 1 and "\n" not in parts[0]:
            line = f"grant {parts[0]} on {quoted(table)} to {role};"
            if len(line) <= _WIDTH:
                yield from (line, "")
                continue
        yield "grant " + ",\n      ".join(parts)
        yield from (f"   on {quoted(table)} to {role};", "")


def _privilege(privilege: str, columns: Sequence[str]) -> str:
    if not columns:
        return privilege
    listed = ", ".join(map(quoted, columns))
    if len(privilege) + len(listed) + _INDENT <= _WIDTH:
        return f"{privilege} ({listed})"
    lines = wrap(listed, _WIDTH - _INDENT)
    return f"{privilege} (\n" + "\n".join(" " * _INDENT + line for line in lines) + "\n      )"
