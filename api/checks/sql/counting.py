"""Queries whose rows are counted, as in `(select count(*) from …) > 0`."""

from typing import Any, Final

from api.checks.sql import ast
from api.checks.sql.tree import function_name

_TURNED: Final = {"<": ">", "<=": ">=", "=": "=", "<>": "<>"}
# The least number that a count of no rows is never compared with so; `<>` is of 0 alone.
_LEAST: Final = {">": 0, ">=": 1, "=": 1, "<>": 0}


def counted_query(left: Any, operator: str, right: Any) -> Any:
    """The query whose rows are counted, without its count, if a comparison demands that it has some; otherwise None."""
    match left, right:
        case ast.SubLink(subLinkType=ast.SubLinkType.EXPR_SUBLINK), ast.A_Const(val=ast.Integer(ival=number)):
            least = _LEAST.get(operator)
            if least is not None and (number == least if operator == "<>" else number >= least):
                return _without_count(left.subselect)
        case ast.A_Const(), ast.SubLink() if operator in _TURNED:
            return counted_query(right, _TURNED[operator], left)
    return None


def _without_count(query: Any) -> Any:
    match query:
        case ast.SelectStmt(targetList=[ast.ResTarget(val=call)], groupClause=None, havingClause=None):
            if function_name(call) == "count" and call.over is None:
                attributes = {name: getattr(query, name) for name in type(query).__slots__}
                return ast.SelectStmt(**{**attributes, "targetList": None})
    return None
