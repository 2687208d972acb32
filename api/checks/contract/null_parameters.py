"""Checks that a statement makes something of the nulls that its parameters may have, and only of these."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from api.checks.contract.python_types import parse_hint
from api.checks.faults import Fault, Message, line_of
from api.checks.sql import ast
from api.checks.sql.ast import tree_of
from api.checks.sql.tree import function_name, nodes, parts
from api.database.query import Query
from api.database.statements.files import Statement

_KIND: Final = ast.A_Expr_Kind
# What is null, and so not true, of a null.
_STRICT: Final = frozenset(
    {_KIND.AEXPR_OP, _KIND.AEXPR_OP_ANY, _KIND.AEXPR_OP_ALL, _KIND.AEXPR_IN, _KIND.AEXPR_LIKE, _KIND.AEXPR_BETWEEN}
)
_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">=", "~~", "BETWEEN"})
# What is written by part of a statement is written whatever the rest finds.
_WRITES: Final = (ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt)
# What gives a row of no rows, too.
_AGGREGATES: Final = re.compile(r"count|sum|min|max|avg|bool_and|bool_or|every|\w+_agg")


def check_null_parameters(queries: Iterable[Query]) -> list[Fault]:
    """Parameters whose nulls find nothing, and questions for nulls that parameters never have."""
    return sorted(
        {
            Fault(query.statement.path, line_of(query.statement, node), query.statement.name, what)
            for query in queries
            for node, what in null_faults(query.statement, query.parameters, tree_of(query.statement.text))
        }
    )


def null_faults(statement: Statement, parameters: Mapping[str, Any], tree: Any) -> Iterator[tuple[Any, Message]]:
    """Faults of the parameters' nulls, each with its node."""
    found = list(nodes(tree))
    given = _given(found, statement) if statement.batch else {}
    tables = _tables(found)
    beside = _beside(tree) if statement.batch else set[str]()
    does_more = any(isinstance(node, _WRITES) and node is not tree for node in found)
    uses: dict[str, list[list[Any]]] = {name: [] for name in parameters}
    for path in _paths(tree, []):
        for name in _names(path[-1], statement, given, tables):
            if name in uses:
                uses[name].append(path)
    for name, paths in uses.items():
        if not parse_hint(parameters[name]).nullable:
            for path in paths:
                if _asks_for_null(path) and _is_given(path[-1], given, beside):
                    yield path[-1], f":{name} is never null by its declaration: say `| None` there, or leave this out"
        elif paths and not does_more and all(_finds_nothing(path) and _is_given(path[-1], given) for path in paths):
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


def _names(
    node: Any, statement: Statement, given: Mapping[tuple[str, str], str], tables: Collection[str]
) -> Iterator[str]:
    """The parameter that a node stands for; in a batch it's a column, and the parameter itself has all calls' values.

    What else has the parameter's name, and is of no table, may be made of it.
    """
    if isinstance(node, ast.ParamRef):
        if not statement.batch:
            yield statement.parameters[node.number - 1]
    elif statement.batch and (place := _place(node))[0] not in tables:
        yield given.get(place, place[1])


def _tables(found: list[Any]) -> set[str]:
    """Names by which tables are called in the nodes of a statement."""
    queries = {node.ctename for node in found if isinstance(node, ast.CommonTableExpr)}
    return {
        node.alias.aliasname if node.alias is not None else node.relname
        for node in found
        if isinstance(node, ast.RangeVar) and node.relname not in queries
    }


def _place(column: Any) -> tuple[str, str]:
    relation = column.fields[0].sval if len(column.fields) > 1 else ""
    return relation, str(getattr(column.fields[-1], "sval", "*"))


def _is_given(node: Any, given: Mapping[tuple[str, str], str], beside: Collection[str] = ()) -> bool:
    """Whether a node is a parameter, or in a batch surely what a call gives for it."""
    return isinstance(node, ast.ParamRef) or (_place(node) in given and _place(node)[0] not in beside)


def _given(found: list[Any], statement: Statement) -> dict[tuple[str, str], str]:
    """The parameters by relation and column of the `unnest` that takes the calls of a batch apart."""
    given = {}
    for node in found:
        match node:
            case ast.RangeFunction(functions=[[ast.FuncCall() as call, *_]], alias=ast.Alias(colnames=[*names])):
                arguments = (call.args or ()) if function_name(call) == "unnest" else ()
                for argument, name in zip(arguments, names, strict=False):
                    values = argument.arg if isinstance(argument, ast.TypeCast) else argument
                    if isinstance(values, ast.ParamRef):
                        given[node.alias.aliasname, name.sval] = statement.parameters[values.number - 1]
    return given


def _beside(node: Any) -> set[str]:
    """Names of the relations that a join may leave null."""
    sides = {
        ast.JoinType.JOIN_LEFT: ["rarg"],
        ast.JoinType.JOIN_RIGHT: ["larg"],
        ast.JoinType.JOIN_FULL: ["larg", "rarg"],
    }
    joins = [each for each in nodes(node) if isinstance(each, ast.JoinExpr)]
    return {
        each.alias.aliasname
        for join in joins
        for side in sides.get(join.jointype, ())
        for each in nodes(getattr(join, side))
        if isinstance(each, ast.RangeFunction) and each.alias is not None
    }


def _asks_for_null(path: list[Any]) -> bool:
    """Whether a parameter itself, or its cast, is tested for null, or replaced if it's null."""
    *above, node = path
    while above and isinstance(above[-1], ast.TypeCast):
        node = above.pop()
    return bool(above) and (
        isinstance(above[-1], ast.NullTest)
        or (isinstance(above[-1], ast.CoalesceExpr) and above[-1].args[-1] is not node)
    )


def _is_and(node: Any) -> bool:
    return isinstance(node, ast.BoolExpr) and node.boolop == ast.BoolExprType.AND_EXPR


def _finds_nothing(path: list[Any]) -> bool:
    """Whether a parameter is compared so that the whole statement does nothing if it's null."""
    *above, node = path
    while above and isinstance(above[-1], ast.TypeCast):
        node = above.pop()
    conditions = _conditions(above)
    return (
        bool(conditions)
        and all(map(_is_and, conditions[:-1]))
        and isinstance(conditions[-1], ast.A_Expr)
        and conditions[-1].kind in _STRICT
        and conditions[-1].name[-1].sval in _COMPARISONS
        # Of several values another is found.
        and (conditions[-1].lexpr is node or not _is_one_of_several(conditions[-1]))
    )


def _conditions(path: list[Any]) -> list[Any]:
    """What of a path is below the `where` of its statement, or the `on` of its inner joins; else nothing."""
    match path:
        case [ast.SelectStmt(op=ast.SetOperation.SETOP_NONE) as query, *below]:
            calls = (function_name(each) for each in nodes(query.targetList) if isinstance(each, ast.FuncCall))
            if query.groupClause is None and any(map(_AGGREGATES.fullmatch, calls)):
                return []
        case [ast.UpdateStmt() | ast.DeleteStmt() as query, *below]:
            pass
        case _:
            return []
    if below and below[0] is query.whereClause:
        return below
    while below and isinstance(below[0], ast.JoinExpr) and below[0].jointype == ast.JoinType.JOIN_INNER:
        join, *below = below
        if below and below[0] is join.quals:
            return below
    return []


def _is_one_of_several(comparison: Any) -> bool:
    return comparison.kind == _KIND.AEXPR_IN and len(comparison.rexpr) > 1
