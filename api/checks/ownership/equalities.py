"""Equalities that a condition is known to demand."""

from collections.abc import Iterator
from typing import Any

from api.checks.ownership.relations import Equality, Operand, Relation, Scope, without_casts
from api.checks.sql import ast
from api.checks.sql.analysis import Join


def equalities(condition: Any, scope: Scope) -> Iterator[Equality]:
    """Equalities that hold whenever a condition is true.

    `or`, `not` and operators other than `=` give none, nor does `is not distinct from`, which is true of two nulls.
    """
    match condition:
        case ast.BoolExpr(boolop=ast.BoolExprType.AND_EXPR):
            for part in condition.args or ():
                yield from equalities(part, scope)
        case ast.A_Expr(kind=ast.A_Expr_Kind.AEXPR_OP) if _is_equals(condition.name):
            left, right = _parts(condition.lexpr), _parts(condition.rexpr)
            if len(left) == len(right):
                for one, other in zip(left, right, strict=True):
                    yield _operand(one, scope), _operand(other, scope)
        case ast.SubLink(subLinkType=ast.SubLinkType.ANY_SUBLINK) if _is_equals(condition.operName):
            for place, part in enumerate(_parts(condition.testexpr)):
                yield _operand(part, scope), Operand(condition, scope, place)


def using_equalities(join: Join[Relation]) -> Iterator[Equality]:
    """Equalities of a join's `using`, where its columns are certain."""
    for name, left, right in join.equated:
        if left is not None and right is not None:
            yield Operand(None, join.scope, column=(left, name)), Operand(None, join.scope, column=(right, name))


def _operand(expression: Any, scope: Scope) -> Operand:
    reference = without_casts(expression)
    found = scope.find(reference) if isinstance(reference, ast.ColumnRef) else None
    if found is None or found.column is None or not found.certain:
        return Operand(expression, scope)
    return Operand(expression, scope, column=(found.relation, found.column))


def _is_equals(name: Any) -> bool:
    # `x in (select …)` has no name for its operator.
    return name is None or [part.sval for part in name] == ["="]


def _parts(expression: Any) -> tuple[Any, ...]:
    return tuple(expression.args or ()) if isinstance(expression, ast.RowExpr) else (expression,)
