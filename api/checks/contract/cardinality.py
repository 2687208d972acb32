"""Whether a query is certain to have a row."""

from collections.abc import Iterator
from typing import Any, Final

from pglast import ast, enums

from api.checks.contract.null_semantics import AGGREGATES, NEVER_NULL, NULL_OF_NULL, ONE_RECORD
from api.checks.sql.tree import function_name, parts

# Functions of which it's known that they give no set of rows.
_OF_ONE_ROW: Final = AGGREGATES | NEVER_NULL | NULL_OF_NULL | {"extract"}


def gives_one_row(select: Any) -> bool:
    """Whether a query is certain to have a row: an aggregate of all rows, or nothing that could be missing."""
    if (
        select.op != enums.SetOperation.SETOP_NONE
        or select.limitCount is not None
        or select.limitOffset is not None
        or select.havingClause is not None
        or select.groupClause is not None
    ):
        return False
    calls = list(_calls(select.targetList))
    if any(function_name(call) not in _OF_ONE_ROW for call in calls):
        return False
    if any(call.over is None and function_name(call) in AGGREGATES for call in calls):
        return True
    return select.whereClause is None and all(map(_has_row, select.fromClause or ()))


def _has_row(item: Any) -> bool:
    match item:
        case ast.RangeSubselect(subquery=subquery):
            return gives_one_row(subquery)
        case ast.RangeFunction(functions=[[ast.FuncCall(funcname=[*_, ast.String(sval=name)]), *_]]):
            return name in ONE_RECORD
    return False


def _calls(node: Any) -> Iterator[Any]:
    """Calls of functions in an expression, outside of its subqueries."""
    if isinstance(node, ast.SubLink):
        return
    if isinstance(node, ast.FuncCall):
        yield node
    for part in parts(node):
        yield from _calls(part)
