"""Mutants of statements: each loses an order, an end or a lock."""

from collections.abc import Iterator
from typing import Any

import msgspec

from api.checks.sql import ast
from api.checks.sql.ast import parse_sql
from api.checks.sql.tree import nodes
from api.database.statements.files import Statement
from tests.checks.sql.deparsing import deparse

# What is mutated, the node, its attribute, and what that becomes.
Site = tuple[str, Any, str, Any]


def mutants(statement: Statement) -> Iterator[tuple[str, Statement]]:
    """Mutants of a statement, with the name of the mutation."""
    for number in range(len(list(_sites(statement)[1]))):
        tree, sites = _sites(statement)
        what, node, attribute, value = list(sites)[number]
        setattr(node, attribute, value)
        yield what, msgspec.structs.replace(statement, text=deparse(tree))


def _sites(statement: Statement) -> tuple[Any, Iterator[Site]]:
    [tree] = parse_sql(statement.text)
    return tree, (site for node in nodes(tree) for site in _sites_of(node))


def _sites_of(node: Any) -> Iterator[Site]:
    match node:
        case ast.SelectStmt():
            if node.sortClause:
                yield "no order", node, "sortClause", None
            if node.sortClause and len(node.sortClause) > 1:
                yield "less of an order", node, "sortClause", node.sortClause[:-1]
            if node.limitCount is not None:
                yield "no limit", node, "limitCount", None
                [select] = parse_sql("select 1000000")
                yield "a limit that limits nothing", node, "limitCount", select.targetList[0].val
            if node.lockingClause:
                yield "no lock", node, "lockingClause", None
        case ast.FuncCall(agg_order=[_, *_]):
            yield "no order of a list", node, "agg_order", None


MUTATIONS = {
    "no order",
    "less of an order",
    "no limit",
    "a limit that limits nothing",
    "no lock",
    "no order of a list",
}
