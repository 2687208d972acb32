"""Keys of a JSON parameter that a condition shows to be there."""

from typing import Any, Final

from api.checks.contract import documents
from api.checks.contract.reading import Reading
from api.checks.contract.values import Scope
from api.checks.sql import ast
from api.checks.sql.tree import constant_truth

# A parameter and a key of it.
Keys = frozenset[tuple[str, str]]

_NONE: Final[Keys] = frozenset()
# Tests of truth, by whether they hold: whether their argument is not false, or else not true, then.
_TESTED: Final = {
    (ast.BoolTestType.IS_TRUE, True): True,
    (ast.BoolTestType.IS_TRUE, False): False,
    (ast.BoolTestType.IS_NOT_TRUE, True): False,
    (ast.BoolTestType.IS_NOT_TRUE, False): True,
    (ast.BoolTestType.IS_FALSE, True): False,
    (ast.BoolTestType.IS_FALSE, False): True,
    (ast.BoolTestType.IS_NOT_FALSE, True): True,
    (ast.BoolTestType.IS_NOT_FALSE, False): False,
}


def keys_there(reading: Reading, condition: Any, scope: Scope, *, holds: bool = True) -> Keys:
    """Keys that are there if a condition isn't false, or isn't true, unless the parameter is null."""
    match condition:
        case ast.BoolExpr(boolop=ast.BoolExprType.NOT_EXPR, args=[arg]):
            return keys_there(reading, arg, scope, holds=not holds)
        case ast.BoolExpr(boolop=how, args=args):
            found = [keys_there(reading, arg, scope, holds=holds) for arg in args]
            of_all = (how == ast.BoolExprType.AND_EXPR) == holds
            return _NONE.union(*found) if of_all else frozenset.intersection(*found)
        case ast.BooleanTest(booltesttype=test, arg=arg) if (test, holds) in _TESTED:
            return keys_there(reading, arg, scope, holds=_TESTED[test, holds])
        case ast.A_Expr(kind=ast.A_Expr_Kind.AEXPR_OP, name=[ast.String(sval="?")]) if holds:
            key = documents.tested_key(condition, [reading.value(condition.lexpr, scope)])
            return frozenset({key}) if key else _NONE
        case ast.NullTest(nulltesttype=test, arg=arg) if holds == (test == ast.NullTestType.IS_NOT_NULL):
            # Of what an absent key gives, null, this is never so.
            key = _field(reading, arg, scope)
            return frozenset({key}) if key else _NONE
    return _NONE


def _field(reading: Reading, node: Any, scope: Scope) -> tuple[str, str] | None:
    """The parameter and key that an expression is the value of."""
    match node:
        case ast.TypeCast(arg=arg):
            return _field(reading, arg, scope)
        case ast.ColumnRef() | ast.A_Expr(kind=ast.A_Expr_Kind.AEXPR_OP, name=[ast.String(sval="->" | "->>")]):
            return reading.value(node, scope).field
    return None


def keys_where_equal(reading: Reading, condition: Any, value: Any, scope: Scope) -> Keys:
    """Keys that are there if a condition is equal to a constant truth, as in a simple `case`."""
    truth = constant_truth(value)
    return _NONE if truth is None else keys_there(reading, condition, scope, holds=truth)


def keys_where_unequal(reading: Reading, condition: Any, value: Any, scope: Scope) -> Keys:
    """Keys that are there if a condition isn't equal to a constant truth."""
    truth = constant_truth(value)
    return _NONE if truth is None else keys_there(reading, condition, scope, holds=not truth)
