"""Compares the grants of a database with those of sql/roles.sql; only reads, with any role."""

from collections.abc import Collection, Sequence
from typing import Any, Final

import psycopg

from api.checks.faults import Message
from api.checks.grants.granted import Grant, read_grants
from api.checks.grants.roles import READER, SERVICE, check_role_attributes
from api.checks.grants.roles_file import column_list

_NEVER_RUN: Final[Message] = (
    f"nothing is granted to {SERVICE} or {READER} here: "
    "run it as a superuser, or as the owner of the database, "
    'with psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f sql/roles.sql'
)


def check_database_grants(connection: psycopg.Connection[Any], wanted: Collection[Grant]) -> list[str]:
    """How a database's roles differ from `wanted`, the grants of a database that sql/roles.sql was run on."""
    here = read_grants(connection)
    never_run = all(grant.grantee == "PUBLIC" for grant in here)
    faults = [_NEVER_RUN] if never_run else [*check_role_attributes(connection), *_differences(wanted, here)]
    return [f"sql/roles.sql: {fault}" for fault in faults]


def _differences(wanted: Collection[Grant], here: Sequence[Grant]) -> list[Message]:
    lacking, idle = _phrases(_not_covered([*wanted], here)), _phrases(_not_covered(here, wanted))
    return [
        *(f"{role} may not {rest} here: run the file again" for role, rest in lacking),
        *(f"{role} may {rest} here, and not by sql/roles.sql: run the file again" for role, rest in idle),
    ]


def _not_covered(grants: Collection[Grant], others: Collection[Grant]) -> list[Grant]:
    """Grants that `others` don't cover; a grant on a table covers its columns."""
    covered = set(others)
    return [grant for grant in grants if covered.isdisjoint({grant, grant._replace(column=None)})]


def _phrases(grants: Sequence[Grant]) -> list[tuple[str, str]]:
    """Grants in words, as role and rest, one for each role, privilege and table."""
    columns: dict[Grant, list[str]] = {}
    for grant in grants:
        table = grant._replace(column=None)
        if grant.column is None or table not in grants:
            columns.setdefault(table, []).extend(filter(None, [grant.column]))
    return [(table.grantee, f"{table.privilege} {column_list(names)}on {table.on}") for table, names in columns.items()]
