"""Rows that are counted, as in `(select count(*) from …) > 0` or `having count(*) > 0`."""

from typing import Any, Final

from api.checks.sql import ast
from api.checks.sql.tree import function_name

_TURNED: Final = {"<": ">", "<=": ">=", "=": "=", "<>": "<>"}
# The least number that a count of no rows is never compared with so; `<>` is of 0 alone.
_LEAST: Final = {">": 0, ">=": 1, "=": 1, "<>": 0}


def counted_query(left: Any, operator: str, right: Any) -> Any:
    """The query whose rows are counted, without its count, if a comparison demands that it has some; otherwise None."""
    match left, right:
        case ast.SubLink(subLinkType=ast.SubLinkType.EXPR_SUBLINK), ast.A_Const() if _is_of_some(operator, right):
            return _without_count(left.subselect)
        case ast.A_Const(), ast.SubLink() if operator in _TURNED:
            return counted_query(right, _TURNED[operator], left)
    return None


def counts_rows(having: Any) -> bool:
    """Whether a `having` leaves no group without rows."""
    match having:
        case ast.BoolExpr(boolop=ast.BoolExprType.AND_EXPR, args=args):
            return any(map(counts_rows, args))
        case ast.BoolExpr(boolop=ast.BoolExprType.OR_EXPR, args=args):
            return all(map(counts_rows, args))
        case ast.A_Expr(kind=ast.A_Expr_Kind.AEXPR_OP, name=[ast.String(sval=operator)], lexpr=left, rexpr=right):
            if isinstance(left, ast.A_Const) and operator in _TURNED:
                left, operator, right = right, _TURNED[operator], left
            is_count = isinstance(left, ast.FuncCall) and function_name(left) == "count" and left.over is None
            return is_count and _is_of_some(operator, right)
    return False


def _is_of_some(operator: str, number: Any) -> bool:
    """Whether a count that compares so with a constant is of one row at least."""
    match number:
        case ast.A_Const(isnull=False, val=ast.Integer(ival=number)) if (least := _LEAST.get(operator)) is not None:
            return bool(number == least if operator == "<>" else number >= least)
    return False


def _without_count(query: Any) -> Any:
    match query:
        case ast.SelectStmt(targetList=[ast.ResTarget(val=call)], groupClause=None, havingClause=None):
            if function_name(call) == "count" and call.over is None:
                attributes = {name: getattr(query, name) for name in type(query).__slots__}
                return ast.SelectStmt(**{**attributes, "targetList": None})
    return None
