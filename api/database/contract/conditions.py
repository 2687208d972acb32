"""What a condition that is true says about nulls."""

from collections.abc import Iterator
from typing import Any, Final

from pglast import ast, enums

from api.database.contract.values import Relation, Scope

_STRICT: Final = frozenset(
    {
        enums.A_Expr_Kind.AEXPR_OP,
        enums.A_Expr_Kind.AEXPR_OP_ANY,
        enums.A_Expr_Kind.AEXPR_IN,
        enums.A_Expr_Kind.AEXPR_LIKE,
        enums.A_Expr_Kind.AEXPR_BETWEEN,
    }
)
_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">=", "~~", "BETWEEN"})


def not_null_columns(condition: Any, scope: Scope) -> Iterator[tuple[Relation, str]]:
    """Columns of a level that aren't null in the rows for which a condition is true."""
    match condition:
        case ast.BoolExpr(boolop=enums.BoolExprType.AND_EXPR, args=args):
            for part in args or ():
                yield from not_null_columns(part, scope)
        case ast.NullTest(nulltesttype=enums.NullTestType.IS_NOT_NULL, arg=arg):
            yield from _column(arg, scope)
        case ast.A_Expr(kind=kind, name=[ast.String(sval=operator)]) if kind in _STRICT and operator in _COMPARISONS:
            for side in (condition.lexpr, condition.rexpr):
                for operand in side.args or () if isinstance(side, ast.RowExpr) else (side,):
                    yield from _column(operand, scope)


def _column(node: Any, scope: Scope) -> Iterator[tuple[Relation, str]]:
    while isinstance(node, ast.TypeCast):
        node = node.arg
    if isinstance(node, ast.ColumnRef):
        found = scope.find(node)
        if found is not None and found[1] is not None and found[0] in scope.relations:
            yield found[0], found[1]
