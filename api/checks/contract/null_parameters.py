"""Checks that a statement makes something of the nulls that its parameters may have, and only of these."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from api.checks.contract.python_types import parse_hint
from api.checks.faults import Fault, Message, line_of
from api.checks.sql import ast
from api.checks.sql.ast import parse_sql
from api.checks.sql.tree import nodes, parts
from api.database.query import Query
from api.database.statements.files import Statement

_KIND: Final = ast.A_Expr_Kind
# What is null, and so not true, of a null.
_STRICT: Final = frozenset(
    {_KIND.AEXPR_OP, _KIND.AEXPR_OP_ANY, _KIND.AEXPR_OP_ALL, _KIND.AEXPR_IN, _KIND.AEXPR_LIKE, _KIND.AEXPR_BETWEEN}
)
_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">=", "~~", "BETWEEN"})
# What makes a value of a null that is compared within.
_TELLING: Final = (ast.CoalesceExpr, ast.BooleanTest, ast.NullTest, ast.CaseExpr)
# What is written by part of a statement is written whatever the rest finds.
_WRITES: Final = (ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt)
# What finds nothing in one of these may leave the rest of the statement as it is.
_WITHIN: Final = (ast.CommonTableExpr, ast.SubLink, ast.RangeSubselect, ast.BoolExpr, ast.ResTarget)


def check_null_parameters(queries: Iterable[Query]) -> list[Fault]:
    """Parameters whose nulls find nothing, and questions for nulls that parameters never have."""
    return sorted(
        {
            Fault(query.statement.path, line_of(query.statement, node), query.statement.name, what)
            for query in queries
            for node, what in null_faults(query.statement, query.parameters, parse_sql(query.statement.text)[0])
        }
    )


def null_faults(statement: Statement, parameters: Mapping[str, Any], tree: Any) -> Iterator[tuple[Any, Message]]:
    """Faults of the parameters' nulls, each with its node."""
    found = list(nodes(tree))
    tables = _tables(found)
    does_more = any(isinstance(node, _WRITES) and node is not tree for node in found)
    uses: dict[str, list[list[Any]]] = {name: [] for name in parameters}
    for path in _paths(tree, []):
        name = _name(path[-1], statement, tables)
        if name in uses:
            uses[name].append(path)
    for name, paths in uses.items():
        if not parse_hint(parameters[name]).nullable:
            for path in paths:
                if _asks_for_null(path):
                    yield path[-1], f":{name} is never null by its declaration: say `| None` there, or leave this out"
        elif paths and not does_more and all(map(_finds_nothing, paths)):
            yield (
                paths[0][-1],
                f":{name} may be null, and finds nothing then: declare it without `| None`, or say what to do",
            )


def _paths(node: Any, above: list[Any]) -> Iterator[list[Any]]:
    """The parameters and columns of a tree, each behind the nodes that it's in."""
    path = [*above, node] if isinstance(node, ast.Node) else above
    if isinstance(node, ast.ParamRef | ast.ColumnRef):
        yield path
        return
    for part in parts(node):
        yield from _paths(part, path)


def _name(node: Any, statement: Statement, tables: set[str]) -> str | None:
    """The parameter that a node stands for; in a batch it's a column of its name, and the parameter has all calls'."""
    if isinstance(node, ast.ParamRef):
        return None if statement.batch else statement.parameters[node.number - 1]
    match node.fields:
        case [ast.String(sval=relation), ast.String(sval=name)] if statement.batch and relation not in tables:
            return str(name)
        case [ast.String(sval=name)] if statement.batch:
            return str(name)
    return None


def _tables(found: list[Any]) -> set[str]:
    """Names by which tables are called in the nodes of a statement."""
    queries = {node.ctename for node in found if isinstance(node, ast.CommonTableExpr)}
    return {
        node.alias.aliasname if node.alias is not None else node.relname
        for node in found
        if isinstance(node, ast.RangeVar) and node.relname not in queries
    }


def _asks_for_null(path: list[Any]) -> bool:
    """Whether a parameter itself, or its cast, is tested for null, or replaced if it's null."""
    *above, node = path
    if isinstance(node, ast.ColumnRef) and len(node.fields) == 1:
        # It may be a table's.
        return False
    while above and isinstance(above[-1], ast.TypeCast):
        node = above.pop()
    return bool(above) and (
        isinstance(above[-1], ast.NullTest)
        or (isinstance(above[-1], ast.CoalesceExpr) and above[-1].args[-1] is not node)
    )


def _is_and(node: Any) -> bool:
    return isinstance(node, ast.BoolExpr) and node.boolop == ast.BoolExprType.AND_EXPR


def _finds_nothing(path: list[Any]) -> bool:
    """Whether a parameter is compared so that the statement does nothing if it's null."""
    *above, _ = path
    while above and isinstance(above[-1], ast.TypeCast):
        above.pop()
    return (
        bool(above)
        and isinstance(above[-1], ast.A_Expr)
        and above[-1].kind in _STRICT
        and above[-1].name[-1].sval in _COMPARISONS
        and not any(isinstance(node, _TELLING + _WITHIN) for node in above if not _is_and(node))
    )
