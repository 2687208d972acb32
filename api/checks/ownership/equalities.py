"""Equalities that a condition is known to demand."""

from collections.abc import Iterable, Iterator
from typing import Any

from pglast import ast, enums

from api.checks.ownership.scopes import Equality, Operand, Relation, Scope


def equalities(condition: Any, scope: Scope) -> Iterator[Equality]:
    """Equalities in a condition that all have to be true for it to be true.

    What stands below `or` and `not`, and any operator but `=`, demands none. So does `is not distinct from`, which is
    true of two nulls.
    """
    match condition:
        case ast.BoolExpr(boolop=enums.BoolExprType.AND_EXPR):
            for part in condition.args or ():
                yield from equalities(part, scope)
        case ast.A_Expr(kind=enums.A_Expr_Kind.AEXPR_OP) if _is_equals(condition.name):
            left, right = _parts(condition.lexpr), _parts(condition.rexpr)
            if len(left) == len(right):
                for one, other in zip(left, right, strict=True):
                    yield Operand(one, scope), Operand(other, scope)
        case ast.SubLink(subLinkType=enums.SubLinkType.ANY_SUBLINK) if _is_equals(condition.operName):
            for position, part in enumerate(_parts(condition.testexpr)):
                yield Operand(part, scope), Operand(condition, scope, position)


def using(names: Iterable[str], left: list[Relation], right: list[Relation], merged: set[str]) -> Iterator[Equality]:
    """Equalities of a join's `using`; which column is meant by a name that one before merged is not known."""
    merged = set(merged)
    for name in names:
        column = ast.ColumnRef(fields=(ast.String(sval=name),))
        yield Operand(column, Scope(left, merged=merged)), Operand(column, Scope(right, merged=merged))


def _is_equals(name: Any) -> bool:
    # `x in (select …)` has no name for its operator.
    return name is None or [part.sval for part in name] == ["="]


def _parts(expression: Any) -> tuple[Any, ...]:
    return tuple(expression.args or ()) if isinstance(expression, ast.RowExpr) else (expression,)
