"""What the conditions of a level demand: atoms that are determined, and columns that continue from a cursor."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from api.checks.rows.dependencies import NONE, Determination, Value
from api.checks.sql import ast
from api.checks.sql.tree import same

Valued = Callable[[Any], Value]
_NULL_TESTS: Final = {ast.NullTestType.IS_NULL: "IS NULL", ast.NullTestType.IS_NOT_NULL: "IS NOT NULL"}
_KIND: Final = ast.A_Expr_Kind
_OPPOSITES: Final = {"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}
_DIRECTIONS: Final = {">": 1, ">=": 1, "<": -1, "<=": -1}


class Continuation(NamedTuple):
    """A comparison of columns with a cursor: both sides, and 1 if the columns have to be larger, -1 if smaller."""

    columns: tuple[Any, ...]
    cursor: tuple[Any, ...]
    direction: int


def conjuncts(condition: Any, *, holds: bool = True) -> Iterator[Any]:
    """Conditions that all have to hold where a condition is true, or false; equality is written `=` in them."""
    match condition:
        case ast.BoolExpr(boolop=ast.BoolExprType.NOT_EXPR, args=[arg]):
            yield from conjuncts(arg, holds=not holds)
        case ast.BoolExpr(boolop=how, args=args):
            if (how == ast.BoolExprType.AND_EXPR) == holds:
                for part in args or ():
                    yield from conjuncts(part, holds=holds)
        case ast.NullTest(arg=arg, nulltesttype=test):
            other = next(each for each in _NULL_TESTS if each != test)
            yield condition if holds else ast.NullTest(arg=arg, nulltesttype=other, location=condition.location)
        case ast.A_Expr():
            yield from _comparisons(condition, holds=holds)


def _comparisons(condition: Any, *, holds: bool) -> Iterator[Any]:
    """A comparison that is true where a condition is true, or false; none where that is no single one."""
    kind, name, left, right = condition.kind, condition.name[-1].sval, condition.lexpr, condition.rexpr
    match kind:
        case _KIND.AEXPR_OP if holds or name in _OPPOSITES:
            yield _comparison(condition, left, right, name if holds else _OPPOSITES[name])
        case _KIND.AEXPR_NOT_DISTINCT | _KIND.AEXPR_DISTINCT if holds == (kind == _KIND.AEXPR_NOT_DISTINCT):
            yield _comparison(condition, left, right, "=")
        case _KIND.AEXPR_IN if (name == "=") == holds and len(right) == 1:
            yield _comparison(condition, left, right[0], "=")
        case _KIND.AEXPR_BETWEEN if holds and same(*right):
            yield _comparison(condition, left, right[0], "=")
        case _KIND.AEXPR_OP_ANY | _KIND.AEXPR_OP_ALL if holds and name == "=":
            match right:
                case ast.A_ArrayExpr(elements=[element]) if _is_single(element):
                    yield _comparison(condition, left, element, "=")


def _is_single(element: Any) -> bool:
    """Whether an element of an array is certainly no array, of which all elements would be compared."""
    match element:
        case ast.TypeCast(typeName=ast.TypeName(arrayBounds=None)) | ast.ParamRef() | ast.A_Const():
            return True
    return False


def _comparison(condition: Any, left: Any, right: Any, operator: str) -> Any:
    name = (ast.String(sval=operator),)
    return ast.A_Expr(kind=_KIND.AEXPR_OP, name=name, lexpr=left, rexpr=right, location=condition.location)


def determinations(condition: Any, value: Valued) -> Iterator[Determination]:
    """Atoms that a condition determines, each with the atoms that it takes for that."""
    for part in conjuncts(condition):
        match part:
            case ast.NullTest(nulltesttype=test, arg=arg):
                if (atom := value(arg).atom) is not None:
                    yield (atom[0], f"{atom[1]} {_NULL_TESTS[test]}"), NONE
                    if test == ast.NullTestType.IS_NULL:
                        yield atom, NONE
            case ast.A_Expr(name=[ast.String(sval="=")]):
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
            case ast.A_Expr(name=[ast.String(sval=operator)]) if operator in _DIRECTIONS:
                left, right = _parts(part.lexpr), _parts(part.rexpr)
                if all(map(is_cursor, right)):
                    yield Continuation(left, right, _DIRECTIONS[operator])
                elif all(map(is_cursor, left)):
                    yield Continuation(right, left, -_DIRECTIONS[operator])


def _parts(expression: Any) -> tuple[Any, ...]:
    return tuple(expression.args or ()) if isinstance(expression, ast.RowExpr) else (expression,)
