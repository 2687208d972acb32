"""Finds the columns that a condition proves to be not null."""

from collections.abc import Iterator
from typing import Any, Final

from api.checks.contract.values import Relation, Scope
from api.checks.sql import ast

_STRICT: Final = frozenset(
    {
        ast.A_Expr_Kind.AEXPR_OP,
        ast.A_Expr_Kind.AEXPR_OP_ANY,
        ast.A_Expr_Kind.AEXPR_IN,
        ast.A_Expr_Kind.AEXPR_LIKE,
        ast.A_Expr_Kind.AEXPR_BETWEEN,
    }
)
_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">=", "~~", "BETWEEN"})


def not_null_columns(condition: Any, scope: Scope) -> Iterator[tuple[Relation, str]]:
    """Columns of a level that aren't null in rows for which a condition is true."""
    match condition:
        case ast.BoolExpr(boolop=ast.BoolExprType.AND_EXPR, args=args):
            for part in args or ():
                yield from not_null_columns(part, scope)
        case ast.NullTest(nulltesttype=ast.NullTestType.IS_NOT_NULL, arg=arg):
            yield from _column(arg, scope)
        case ast.A_Expr(kind=kind, name=[ast.String(sval=operator)]) if kind in _STRICT and operator in _COMPARISONS:
            for side in (condition.lexpr, condition.rexpr):
                for operand in (
                    side.args or () if isinstance(side, ast.RowExpr) and _are_equal_rows(condition) else (side,)
                ):
                    yield from _column(operand, scope)


def _are_equal_rows(condition: Any) -> bool:
    """Whether a condition equates rows part by part; other comparisons of rows can be true in spite of nulls."""
    others = condition.rexpr if condition.kind == ast.A_Expr_Kind.AEXPR_IN else (condition.lexpr, condition.rexpr)
    equates = condition.kind in {ast.A_Expr_Kind.AEXPR_OP, ast.A_Expr_Kind.AEXPR_IN}
    return equates and condition.name[0].sval == "=" and all(isinstance(other, ast.RowExpr) for other in others)


def _column(node: Any, scope: Scope) -> Iterator[tuple[Relation, str]]:
    while isinstance(node, ast.TypeCast):
        node = node.arg
    if isinstance(node, ast.ColumnRef):
        found = scope.find(node)
        # A column that `using` merged may come from either relation, so it proves nothing about one of them.
        if found is not None and found.column is not None and found.certain and found.relation in scope.relations:
            yield found.relation, found.column
