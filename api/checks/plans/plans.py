"""The plans that PostgreSQL makes of statements: nodes, indexes and conditions, no costs."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import psycopg

from api.app import load_facts
from api.checks.plans.statistics import pretend_statistics
from api.database.statements.files import Statement
from api.paths import STATISTICS

# Tables that get larger with every family or every login.
GROWING: Final = frozenset(name for name, table in load_facts().tables.items() if table.grows)

_LEADING: Final = """
select indexrelid::regclass::text, attname::text
  from pg_index
  join pg_attribute
    on attrelid = indrelid
   and attnum = indkey[0]
"""


class Plan(msgspec.Struct, frozen=True):
    """How PostgreSQL runs a statement whatever its parameters: the text of `explain`, and the tree of its nodes.

    `leading` gives the first column of each index whose first key is a column.
    """

    statement: Statement
    text: str
    root: Mapping[str, Any]
    leading: Mapping[str, str]


def explain(connection: psycopg.Connection[Any], statements: Mapping[str, Statement]) -> list[Plan]:
    """Generic plans of statements, in the order of the files."""
    ordered = sorted(statements.values(), key=lambda statement: (statement.path, statement.line))
    leading = dict(connection.execute(_LEADING).fetchall())
    return [_explain(connection, statement, leading) for statement in ordered]


def plans_by_statistics(dsn: str, statements: Mapping[str, Statement]) -> list[Plan]:
    """Plans of statements in an empty, migrated database of an embedded server, by the statistics kept."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        pretend_statistics(connection, STATISTICS.read_text("utf-8"), GROWING)
        return explain(connection, statements)


def _explain(connection: psycopg.Connection[Any], statement: Statement, leading: Mapping[str, str]) -> Plan:
    # As literals: `generic_plan` takes a text with parameters only where none are sent along.
    text = connection.execute(f"explain (generic_plan, costs off) {statement.text}".encode()).fetchall()
    tree = connection.execute(f"explain (generic_plan, costs off, format json) {statement.text}".encode()).fetchall()
    [[[document]]] = tree
    return Plan(statement, "\n".join(line for (line,) in text), document["Plan"], leading)
