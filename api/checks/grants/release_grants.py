"""The part of sql/roles.sql that lets the release before go on serving: grants that only its statements need."""

from collections.abc import Collection, Iterator, Mapping, Sequence

import psycopg

from api.checks.grants.privileges import explain_script
from api.checks.kept_files import around
from api.database.statements.files import Statement
from api.paths import ROLES
from api.sql_parser.parser import parse

BEGIN, END = "-- <release before>\n", "-- </release before>\n"

# Privileges of a role by table, with their columns; none are listed for the whole table.
Grants = Mapping[str, Mapping[str, Sequence[str]]]
# A privilege, its table, and its column if it isn't on the whole table.
Privilege = tuple[str, str, str | None]


def kept_privileges(text: str) -> set[Privilege]:
    """Privileges that the text of sql/roles.sql grants for the release before.

    Raises:
        MarkersError: the text doesn't say where they stand.

    """
    before, after = around(ROLES, text, BEGIN, END)
    return set(_granted(text[len(before) : len(text) - len(after)]))


def beyond(needed: Grants, given: Grants) -> Grants:
    """What of the needed privileges isn't given; tables that lack nothing are left out."""
    left: dict[str, dict[str, Sequence[str]]] = {}
    for table, privileges in needed.items():
        for privilege, columns in privileges.items():
            have = given.get(table, {}).get(privilege)
            lacking = [column for column in columns if have is None or column not in have]
            if lacking or have is None:
                left.setdefault(table, {})[privilege] = lacking
    return left


def plannable(connection: psycopg.Connection[object], statements: Collection[Statement]) -> list[Statement]:
    """Statements that the schema lets run, whoever runs them; the connection is a superuser's."""
    return [statement for statement in statements if _can_plan(connection, statement)]


def _can_plan(connection: psycopg.Connection[object], statement: Statement) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(explain_script([statement]).encode())
    except psycopg.Error:
        return False
    return True


def _granted(sql: str) -> Iterator[Privilege]:
    for statement in parse(sql):
        match statement.tree:
            case {"GrantStmt": {"privileges": privileges, "objects": [{"RangeVar": {"relname": table}}]}}:
                for privilege in (each["AccessPriv"] for each in privileges):
                    columns = [each["String"]["sval"] for each in privilege.get("cols", [])]
                    for column in columns or [None]:
                        yield privilege["priv_name"], table, column
