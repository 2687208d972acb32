"""Derives the grants of sql/roles.sql: the service's from its statements, the reader's from the columns' comments.

PostgreSQL decides what a statement needs: first everything is granted, then each privilege is revoked in turn, and kept
revoked if all statements can still be planned.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from textwrap import wrap
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Composed, Identifier

from api.checks.faults import Fault
from api.checks.grants import release_grants
from api.checks.grants.release_grants import Grants, beyond, plannable
from api.checks.grants.roles import READER, SERVICE
from api.checks.grants.roles_file import (
    concerned_statements,
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

    Nobody else may use the database meanwhile; it has the roles and these grants afterwards.

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
        for privilege in _PRIVILEGES:
            connection.execute(_grant_or_revoke("grant", privilege, columns, table))
        connection.execute(_grant_or_revoke("grant", "delete", [], table))
    if refused := [fault for statement in statements if (fault := _misfit(connection, statement))]:
        raise GrantsError("\n".join(map(str, refused)))
    for table, columns in tables.items():
        concerned = concerned_statements(connection, table, statements)
        for privilege, column in [*((each, name) for each in _PRIVILEGES for name in columns), ("delete", None)]:
            of = [column] if column else []
            connection.execute(_grant_or_revoke("revoke", privilege, of, table))
            if refusal(connection, concerned):
                connection.execute(_grant_or_revoke("grant", privilege, of, table))
                needed.setdefault(table, {}).setdefault(privilege, []).extend(of)
    return needed


def _misfit(connection: psycopg.Connection[Any], statement: Statement) -> Fault | None:
    """What PostgreSQL says of a statement that it refuses though everything is granted."""
    try:
        said = refusal(connection, [statement])
    except psycopg.Error as error:
        said = error.diag.message_primary
    return Fault(statement.path, statement.line, statement.name, f"PostgreSQL says: {said}") if said else None


def _grant_or_revoke(verb: str, privilege: str, columns: Sequence[str], table: str) -> Composed:
    listed = SQL(" ({})").format(SQL(", ").join(map(Identifier, columns))) if columns else SQL("")
    return SQL("{verb} {privilege}{columns} on {table} {way} {role}").format(
        verb=SQL("grant" if verb == "grant" else "revoke"),
        privilege=SQL(privilege),
        columns=listed,
        table=Identifier(table),
        way=SQL("to" if verb == "grant" else "from"),
        role=Identifier(SERVICE),
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
