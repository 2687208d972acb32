"""Tells whether a query is certain to return a row."""

from typing import Any, Final

from api.checks.contract.null_semantics import AGGREGATES, NEVER_NULL, SINGLE_RECORD, TOTAL_FUNCTIONS
from api.checks.sql import ast
from api.checks.sql.tree import calls_in, function_name

# Functions that are known not to return a set of rows.
_OF_ONE_ROW: Final = AGGREGATES | NEVER_NULL | TOTAL_FUNCTIONS | {"extract"}


def certainly_has_row(select: Any) -> bool:
    """Whether a query is certain to return a row, as it aggregates all rows or reads only items that have one."""
    if (
        select.op != ast.SetOperation.SETOP_NONE
        or select.limitCount is not None
        or select.limitOffset is not None
        or select.havingClause is not None
        or select.groupClause is not None
    ):
        return False
    calls = list(calls_in(select.targetList))
    if any(function_name(call) not in _OF_ONE_ROW for call in calls):
        return False
    if any(call.over is None and function_name(call) in AGGREGATES for call in calls):
        return True
    return select.whereClause is None and all(map(_item_has_row, select.fromClause or ()))


def may_aggregate(select: Any) -> bool:
    """Whether a query may aggregate rows that aren't there, and have a row nevertheless."""
    if select.groupClause is not None:
        return any(isinstance(part, ast.GroupingSet) for part in select.groupClause)
    calls = [call for call in calls_in((select.targetList, select.sortClause)) if call.over is None]
    return select.havingClause is not None or any(
        function_name(call) in AGGREGATES or function_name(call) not in _OF_ONE_ROW for call in calls
    )


def _item_has_row(item: Any) -> bool:
    match item:
        case ast.RangeSubselect(subquery=subquery):
            return certainly_has_row(subquery)
        case ast.RangeFunction(functions=[[ast.FuncCall(funcname=[*_, ast.String(sval=name)]), *_]]):
            return name in SINGLE_RECORD
    return False
