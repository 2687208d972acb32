"""Finds the columns that a condition proves to be not null."""

import operator
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from api.checks.contract.values import Relation, Scope
from api.checks.sql import ast
from api.checks.sql.tree import function_name, is_null, same

# Arguments of a `grouping(…)` whose values are tried, which are twice as many with each.
_MOST_GROUPED: Final = 8
# Columns of a level.
Columns = frozenset[tuple[Relation, str]]

_KIND: Final = ast.A_Expr_Kind
_STRICT_IF_FALSE: Final = frozenset(
    {_KIND.AEXPR_OP, _KIND.AEXPR_IN, _KIND.AEXPR_LIKE, _KIND.AEXPR_ILIKE, _KIND.AEXPR_BETWEEN, _KIND.AEXPR_BETWEEN_SYM}
)
_STRICT: Final = _STRICT_IF_FALSE | {_KIND.AEXPR_OP_ANY}
_COMPARISONS: Final = frozenset(
    {
        *("=", "<>", "<", "<=", ">", ">=", "~", "~*", "!~", "!~*", "~~", "!~~", "~~*", "!~~*", "^@"),
        *("@>", "<@", "&&", "<<", ">>", "&<", "&>", "-|-", "<<=", ">>=", "?", "?|", "?&", "@@", "@?"),
        *("BETWEEN", "BETWEEN SYMMETRIC"),
    }
)
# Operators and functions that are null of any null. `||` of an array isn't.
_STRICT_OPERATORS: Final = frozenset({"+", "-", "*", "/", "%", "^", "->", "->>", "#>", "#>>"})
_STRICT_FUNCTIONS: Final = frozenset(
    {
        *("abs", "btrim", "cardinality", "ceil", "char_length", "date_part", "date_trunc", "extract", "floor", "host"),
        *("initcap", "isempty", "isfinite", "jsonb_array_length", "jsonb_typeof", "left", "length", "lower", "ltrim"),
        *("masklen", "mod", "octet_length", "position", "replace", "right", "round", "rtrim", "split_part", "sqrt"),
        *("starts_with", "strpos", "substr", "substring", "timezone", "trunc", "upper"),
    }
)
_NUMBERS_COMPARED: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NONE: Final[Columns] = frozenset()
_TESTED: Final = {
    (ast.BoolTestType.IS_TRUE, True): True,
    (ast.BoolTestType.IS_NOT_TRUE, False): True,
    (ast.BoolTestType.IS_FALSE, True): False,
    (ast.BoolTestType.IS_NOT_FALSE, False): False,
}


def not_null_columns(condition: Any, scope: Scope, *, holds: bool = True) -> Columns:  # noqa: C901, PLR0911
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
            # `row is not null` is true if all of its parts aren't, and `row is null` false if one of them isn't.
            tested = arg.args or () if holds and isinstance(arg, ast.RowExpr) else (arg,)
            return frozenset(found for part in tested for found in _column(part, scope))
        case ast.A_Expr(kind=_KIND.AEXPR_DISTINCT | _KIND.AEXPR_NOT_DISTINCT as kind, lexpr=left, rexpr=right):
            is_other = holds == (kind == _KIND.AEXPR_DISTINCT)
            return frozenset(_column(left, scope)) if is_other and is_null(right) else _NONE
        case ast.SubLink(subLinkType=ast.SubLinkType.ANY_SUBLINK, testexpr=tested) if holds:
            # Of rows, `<` and the like may be true in spite of nulls.
            equal = not condition.operName or condition.operName[-1].sval == "="
            parts = tested.args or () if equal and isinstance(tested, ast.RowExpr) else (tested,)
            return frozenset(found for part in parts for found in _column(part, scope))
        case ast.A_Expr(kind=_KIND.AEXPR_OP, lexpr=ast.GroupingFunc()):
            return frozenset(_grouped_columns(condition, scope, holds=holds))
        case ast.A_Expr(kind=_KIND.AEXPR_OP, lexpr=ast.FuncCall() as call) if holds and _counts_no_null(condition):
            return frozenset(found for part in call.args for found in _column(part, scope))
        case ast.A_Expr(kind=kind, name=[ast.String(sval=name)]) if kind in _STRICT and name in _COMPARISONS:
            if name in {"=", "<>"} and holds == (name == "<>") and (told := _told_apart(condition)) is not None:
                return frozenset(_column(told, scope))
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


def _told_apart(comparison: Any) -> Any:
    """The expression that isn't null where `coalesce(expression, constant)` isn't the constant."""
    match comparison:
        case ast.A_Expr(kind=_KIND.AEXPR_OP, lexpr=ast.CoalesceExpr(args=[told, ast.A_Const() as instead])):
            return told if not instead.isnull and same(instead, comparison.rexpr) else None
    return None


def _counts_no_null(comparison: Any) -> bool:
    """Whether a comparison is true only if no argument is null: `num_nulls(a, b) = 0` or `num_nonnulls(a, b) = 2`."""
    call, name = comparison.lexpr, comparison.name[-1].sval
    match comparison.rexpr:
        case ast.A_Const(isnull=False, val=ast.Integer(ival=number)) if not call.func_variadic:
            of_none = {"=": 0, "<=": 0, "<": 1}
            of_all = {"=": len(call.args or ()), ">=": len(call.args or ()), ">": len(call.args or ()) - 1}
            wanted = {"num_nulls": of_none, "num_nonnulls": of_all}.get(function_name(call), {})
            return bool(wanted.get(name) == number)
    return False


def _grouped_columns(comparison: Any, scope: Scope, *, holds: bool) -> Iterator[tuple[Relation, str]]:
    """Columns that a row is grouped by, as whatever `grouping(…)` may be has no bit for them."""
    compared = _NUMBERS_COMPARED.get(comparison.name[-1].sval)
    match comparison.rexpr:
        case ast.A_Const(isnull=False, val=ast.Integer(ival=number)) if compared is not None:
            columns = comparison.lexpr.args
            if len(columns) > _MOST_GROUPED:
                return
            possible = [each for each in range(2 ** len(columns)) if compared(each, number) is holds]
            for place, node in enumerate(reversed(columns)):
                # The bit of an expression tells nothing of a column in it.
                if isinstance(node, ast.ColumnRef) and not any(each >> place & 1 for each in possible):
                    yield from (found for found in _column(node, scope) if found[1] in found[0].grouped)


def _column(node: Any, scope: Scope) -> Iterator[tuple[Relation, str]]:
    """The columns of which no null gives an expression another value than null."""
    while isinstance(node, ast.TypeCast | ast.CollateClause):
        node = node.arg
    match node:
        case ast.A_Expr(kind=_KIND.AEXPR_OP, name=[ast.String(sval=name)]) if name in _STRICT_OPERATORS:
            for side in (node.lexpr, node.rexpr):
                yield from _column(side, scope)
        case ast.FuncCall() if function_name(node) in _STRICT_FUNCTIONS:
            for argument in node.args or ():
                yield from _column(argument, scope)
    if isinstance(node, ast.ColumnRef):
        found = scope.find(node)
        # A column that `using` merged may come from either relation, so it proves nothing about one of them.
        if found is not None and found.column is not None and found.certain and found.relation in scope.relations:
            yield found.relation, found.column
