"""Finds the columns that a condition proves to be not null."""

from collections.abc import Iterator
from typing import Any, Final

from api.checks.contract.values import Relation, Scope
from api.checks.sql import ast

# Columns of a level.
Columns = frozenset[tuple[Relation, str]]

_KIND: Final = ast.A_Expr_Kind
_STRICT: Final = frozenset({_KIND.AEXPR_OP, _KIND.AEXPR_OP_ANY, _KIND.AEXPR_IN, _KIND.AEXPR_LIKE, _KIND.AEXPR_BETWEEN})
# Those that are false of no null on their left.
_STRICT_IF_FALSE: Final = frozenset({_KIND.AEXPR_OP, _KIND.AEXPR_IN, _KIND.AEXPR_LIKE, _KIND.AEXPR_BETWEEN})
_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">=", "~~", "BETWEEN"})
_NONE: Final[Columns] = frozenset()
_TESTED: Final = {
    (ast.BoolTestType.IS_TRUE, True): True,
    (ast.BoolTestType.IS_NOT_TRUE, False): True,
    (ast.BoolTestType.IS_FALSE, True): False,
    (ast.BoolTestType.IS_NOT_FALSE, False): False,
}


def not_null_columns(condition: Any, scope: Scope, *, holds: bool = True) -> Columns:  # noqa: PLR0911
    """Columns of a level that aren't null in rows for which a condition is true, or false."""
    match condition:
        case ast.BoolExpr(boolop=ast.BoolExprType.NOT_EXPR, args=[arg]):
            return not_null_columns(arg, scope, holds=not holds)
        case ast.BoolExpr(boolop=how, args=args):
            found = [not_null_columns(arg, scope, holds=holds) for arg in args]
            of_all = (how == ast.BoolExprType.AND_EXPR) == holds
            return _NONE.union(*found) if of_all else frozenset.intersection(*found)
        case ast.BooleanTest(booltesttype=test, arg=arg) if (test, holds) in _TESTED:
            return not_null_columns(arg, scope, holds=_TESTED[test, holds])
        case ast.NullTest(nulltesttype=test, arg=arg) if holds == (test == ast.NullTestType.IS_NOT_NULL):
            return frozenset(_column(arg, scope))
        case ast.A_Expr(kind=kind, name=[ast.String(sval=operator)]) if kind in _STRICT and operator in _COMPARISONS:
            if holds:
                return frozenset(_strict_columns(condition, scope))
            # Of a row one part may be unequal and another null.
            rows = isinstance(condition.lexpr, ast.RowExpr)
            return frozenset(_column(condition.lexpr, scope)) if kind in _STRICT_IF_FALSE and not rows else _NONE
    return _NONE


def _strict_columns(condition: Any, scope: Scope) -> Iterator[tuple[Relation, str]]:
    for side in (condition.lexpr, condition.rexpr):
        for operand in side.args or () if isinstance(side, ast.RowExpr) and _are_equal_rows(condition) else (side,):
            yield from _column(operand, scope)


def _are_equal_rows(condition: Any) -> bool:
    """Whether a condition equates rows part by part; other comparisons of rows can be true in spite of nulls."""
    others = condition.rexpr if condition.kind == _KIND.AEXPR_IN else (condition.lexpr, condition.rexpr)
    equates = condition.kind in {_KIND.AEXPR_OP, _KIND.AEXPR_IN}
    return equates and condition.name[0].sval == "=" and all(isinstance(other, ast.RowExpr) for other in others)


def _column(node: Any, scope: Scope) -> Iterator[tuple[Relation, str]]:
    while isinstance(node, ast.TypeCast):
        node = node.arg
    if isinstance(node, ast.ColumnRef):
        found = scope.find(node)
        # A column that `using` merged may come from either relation, so it proves nothing about one of them.
        if found is not None and found.column is not None and found.certain and found.relation in scope.relations:
            yield found.relation, found.column
