"""Reads PostgreSQL's plans for statements, without costs."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import psycopg

from api.app import load_facts
from api.checks.plans.statistics import pretend_statistics
from api.database.statements.files import Statement
from api.paths import STATISTICS

# Tables that grow with every family or every login.
GROWING: Final = frozenset(name for name, table in load_facts().tables.items() if table.grows)

_LEADING: Final = """
select indexrelid::regclass::text, attname::text
  from pg_index
  join pg_attribute
    on attrelid = indrelid
   and attnum = indkey[0]
"""


class Plan(msgspec.Struct, frozen=True):
    """A statement's generic plan: the text of `explain`, and the tree of its nodes.

    `leading` gives the first column of each index, except of indexes that begin with an expression.
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
    """Plans of statements in an empty, migrated database of an embedded server, with the statistics of tests/plans."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        pretend_statistics(connection, STATISTICS.read_text("utf-8"), GROWING)
        return explain(connection, statements)


def _explain(connection: psycopg.Connection[Any], statement: Statement, leading: Mapping[str, str]) -> Plan:
    # Sent as bytes, so without parameters: `generic_plan` refuses a text that comes with values.
    text = connection.execute(f"explain (generic_plan, costs off) {statement.text}".encode()).fetchall()
    tree = connection.execute(f"explain (generic_plan, costs off, format json) {statement.text}".encode()).fetchall()
    [[[document]]] = tree
    return Plan(statement, "\n".join(line for (line,) in text), document["Plan"], leading)
