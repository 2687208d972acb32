"""What the conditions of a level demand: atoms that are determined, and columns that continue from a cursor."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from api.checks.rows.dependencies import NONE, Determination, Value
from api.checks.sql import ast

Valued = Callable[[Any], Value]
_NULL_TESTS: Final = {ast.NullTestType.IS_NULL: "IS NULL", ast.NullTestType.IS_NOT_NULL: "IS NOT NULL"}
_DIRECTIONS: Final = {">": 1, ">=": 1, "<": -1, "<=": -1}


class Continuation(NamedTuple):
    """A comparison of columns with a cursor: both sides, and 1 if the columns have to be larger, -1 if smaller."""

    columns: tuple[Any, ...]
    cursor: tuple[Any, ...]
    direction: int


def conjuncts(condition: Any) -> Iterator[Any]:
    """Conditions that all have to hold."""
    match condition:
        case None:
            return
        case ast.BoolExpr(boolop=ast.BoolExprType.AND_EXPR, args=args):
            for part in args or ():
                yield from conjuncts(part)
        case _:
            yield condition


def determinations(condition: Any, value: Valued) -> Iterator[Determination]:
    """Atoms that a condition determines, each with the atoms that it takes for that."""
    for part in conjuncts(condition):
        match part:
            case ast.NullTest(nulltesttype=test, arg=arg):
                if (atom := value(arg).atom) is not None:
                    yield (atom[0], f"{atom[1]} {_NULL_TESTS[test]}"), NONE
                    if test == ast.NullTestType.IS_NULL:
                        yield atom, NONE
            case ast.A_Expr(name=[*_, ast.String(sval="=")], kind=kind) if kind in {
                ast.A_Expr_Kind.AEXPR_OP,
                ast.A_Expr_Kind.AEXPR_NOT_DISTINCT,
            }:
                left, right = _parts(part.lexpr), _parts(part.rexpr)
                for one, other in zip(left, right, strict=False):
                    yield from either_way(value(one), value(other))


def either_way(one: Value, other: Value) -> Iterator[Determination]:
    """What two equal values determine of each other."""
    if one.atom is not None:
        yield one.atom, other.atoms
    if other.atom is not None:
        yield other.atom, one.atoms


def continuations(condition: Any, *, is_cursor: Callable[[Any], bool]) -> Iterator[Continuation]:
    """Comparisons of columns with a cursor's values."""
    for part in conjuncts(condition):
        match part:
            case ast.A_Expr(name=[ast.String(sval=operator)], kind=ast.A_Expr_Kind.AEXPR_OP) if operator in _DIRECTIONS:
                left, right = _parts(part.lexpr), _parts(part.rexpr)
                if all(map(is_cursor, right)):
                    yield Continuation(left, right, _DIRECTIONS[operator])
                elif all(map(is_cursor, left)):
                    yield Continuation(right, left, -_DIRECTIONS[operator])


def _parts(expression: Any) -> tuple[Any, ...]:
    return tuple(expression.args or ()) if isinstance(expression, ast.RowExpr) else (expression,)
