"""Queries whose rows are counted, as in `(select count(*) from …) > 0`."""

from typing import Any

from api.checks.sql import ast
from api.checks.sql.tree import function_name


def counted_query(left: Any, operator: str, right: Any) -> Any:
    """The query whose rows are counted, without its count, if a comparison demands that it has some; otherwise None."""
    match left, operator, right:
        case ast.SubLink(subLinkType=ast.SubLinkType.EXPR_SUBLINK), ">" | ">=" | "<>", ast.A_Const(val=ast.Integer()):
            least = right.val.ival + (operator == ">")
            # `<>` of another number than 0 may be true of no rows.
            if (least == 0) if operator == "<>" else (least >= 1):
                return _without_count(left.subselect)
    return None


def _without_count(query: Any) -> Any:
    match query:
        case ast.SelectStmt(targetList=[ast.ResTarget(val=call)], groupClause=None, havingClause=None):
            if function_name(call) == "count" and call.over is None:
                attributes = {name: getattr(query, name) for name in type(query).__slots__}
                return ast.SelectStmt(**{**attributes, "targetList": None})
    return None
