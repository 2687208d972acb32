"""What a condition is known to demand: equalities that hold whenever it is true.

A condition is read with De Morgan's laws, as what makes it true or false. A null makes it neither, so `is not false`
demands nothing. Of `or`, `case`, `coalesce` and lists one branch holds, and what all branches prove is proved.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from api.checks.ownership.relations import Demand, Equality, OneOf, Operand, Relation, Scope, without_casts
from api.checks.sql import ast
from api.checks.sql.analysis import Join
from api.checks.sql.counting import counted_query
from api.checks.sql.tree import calls_in, constant_truth, has_row, is_star, same, uncast

# Demands of the rows that a subquery has to have, its first column true or false if that is given.
Existing = Callable[[Any, Scope, bool | None], list[Demand]]

_NOT_NULL: Final = ast.NullTestType.IS_NOT_NULL
_NEVER: Final = OneOf(())
_KIND: Final = ast.A_Expr_Kind
_EITHER_WAY: Final = {"=": True, "<>": False, "!=": False}
_AT_MOST: Final = {("<=", True): False, (">", False): False, (">=", True): True, ("<", False): True}
# Kinds of expressions, whether they are to be true, and how two sides are equal then.
_BETWEEN: Final = {
    (_KIND.AEXPR_BETWEEN, True),
    (_KIND.AEXPR_BETWEEN_SYM, True),
    (_KIND.AEXPR_NOT_BETWEEN, False),
    (_KIND.AEXPR_NOT_BETWEEN_SYM, False),
}
_NOT_DISTINCT: Final = {(_KIND.AEXPR_NOT_DISTINCT, True), (_KIND.AEXPR_DISTINCT, False)}
# Tests of truth, by whether they are true: what their argument is then. The others may be of a null.
_TESTED: Final = {
    (ast.BoolTestType.IS_TRUE, True): True,
    (ast.BoolTestType.IS_NOT_TRUE, False): True,
    (ast.BoolTestType.IS_FALSE, True): False,
    (ast.BoolTestType.IS_NOT_FALSE, False): False,
}


class _Reading(NamedTuple):
    scope: Scope
    existing: Existing


def demands(condition: Any, scope: Scope, existing: Existing, *, holds: bool = True) -> list[Demand]:
    """Demands that hold whenever a condition is true, or false."""
    return _demands(condition, _Reading(scope, existing), holds)


def using_demands(join: Join[Relation]) -> Iterator[Demand]:
    """Equalities of a join's `using`, where its columns are certain."""
    for name, left, right in join.equated:
        if left is not None and right is not None:
            yield Equality(
                Operand(None, join.scope, column=(left, name)), Operand(None, join.scope, column=(right, name))
            )


def one_of(branches: Iterable[list[Demand]]) -> list[Demand]:
    """Demands of which one branch holds; branches that can't hold are left out."""
    possible = [branch for branch in branches if _NEVER not in branch]
    if len(possible) == 1:
        return possible[0]
    return [OneOf(tuple(map(tuple, possible)))] if all(possible) else []


def _demands(condition: Any, reading: _Reading, holds: bool) -> list[Demand]:  # noqa: FBT001, PLR0911
    match condition:
        case ast.BoolExpr(boolop=ast.BoolExprType.NOT_EXPR, args=[arg]):
            return _demands(arg, reading, not holds)
        case ast.BoolExpr(boolop=how):
            if (how == ast.BoolExprType.AND_EXPR) == holds:
                parts = list(_conjuncts(condition, holds))
                return [
                    *_of_halves(parts, reading),
                    *(each for part in parts for each in _demands(*part[:1], reading, part[1])),
                ]
            return one_of(_demands(arg, reading, holds) for arg in condition.args)
        case ast.A_Const():
            # A text may be a truth too.
            unlike = condition.isnull or getattr(condition.val, "boolval", holds) is not holds
            return [_NEVER] if unlike else []
        case ast.BooleanTest(booltesttype=test, arg=arg) if (test, holds) in _TESTED:
            return _demands(arg, reading, _TESTED[test, holds])
        case ast.CoalesceExpr(args=args):
            return one_of(_demands(arg, reading, holds) for arg in args)
        case ast.CaseExpr():
            return one_of(_branches(condition, reading, lambda result: _demands(result, reading, holds)))
        case ast.SubLink():
            return _of_subquery(condition, reading, holds)
        case ast.A_Expr():
            return _of_operator(condition, reading, holds)
    return _of_null_test(condition, reading, holds)


def _of_null_test(condition: Any, reading: _Reading, holds: bool) -> list[Demand]:  # noqa: FBT001
    """Demands of a row that is there, as one of its columns isn't null, or of a `nullif` that is null."""
    match condition:
        case ast.NullTest(nulltesttype=test, arg=ast.ColumnRef(fields=[ast.String(sval=name), ast.String()])) if (
            holds == (test == _NOT_NULL)
        ):
            relation = reading.scope.relation(name)
            return list(relation.implied) if relation is not None else []
        case ast.NullTest(nulltesttype=test, arg=ast.A_Expr(kind=_KIND.AEXPR_NULLIF) as pair) if holds == (
            test != _NOT_NULL
        ):
            return _of_nullif(pair, reading)
    return []


def _of_nullif(pair: Any, reading: _Reading) -> list[Demand]:
    """Demands of a `nullif` that is null: where the first side isn't null itself, the sides are equal.

    That is known of an owner's column, and of no parameter: an account's id is one that may be none.
    """
    owner = operand(pair.lexpr, reading.scope)
    if owner.column is None or not owner.column[0].has_somebody(owner.column[1]):
        return []
    return [Equality(owner, operand(pair.rexpr, reading.scope), nulls=True)]


def _conjuncts(condition: Any, holds: bool) -> Iterator[tuple[Any, bool]]:  # noqa: FBT001
    """Conditions that all hold, each with whether it is true or false."""
    match condition:
        case ast.BoolExpr(boolop=ast.BoolExprType.NOT_EXPR, args=[arg]):
            yield from _conjuncts(arg, not holds)
        case ast.BoolExpr(boolop=how) if (how == ast.BoolExprType.AND_EXPR) == holds:
            for arg in condition.args:
                yield from _conjuncts(arg, holds)
        case _:
            yield condition, holds


def _of_halves(parts: Sequence[tuple[Any, bool]], reading: _Reading) -> Iterator[Demand]:
    """Equalities of what is neither less nor more: `x >= a and x <= a`."""
    bounds = []
    for part, holds in parts:
        match part:
            case ast.A_Expr(kind=_KIND.AEXPR_OP, name=[ast.String(sval=name)]) if (name, holds) in _AT_MOST:
                turned = _AT_MOST[name, holds]
                bounds.append((part.rexpr, part.lexpr) if turned else (part.lexpr, part.rexpr))
    for place, (low, high) in enumerate(bounds):
        if any(same(low, other_high) and same(high, other_low) for other_low, other_high in bounds[:place]):
            yield from _equal(low, high, reading)


def _branches(case: Any, reading: _Reading, given: Callable[[Any], list[Demand]]) -> Iterator[list[Demand]]:
    """Demands of each branch of a `case`, with those of what it gives."""
    for when in case.args:
        if case.arg is None:
            reached = _demands(when.expr, reading, True)  # noqa: FBT003
        elif has_row(case.arg, when.expr):
            reached = _equal_wholes(case.arg, when.expr, reading)
        else:
            reached = _compared(case.arg, when.expr, reading)
        yield [*reached, *given(when.result)]
    # Without `else` a case is null.
    yield given(case.defresult) if case.defresult is not None else [_NEVER]


def _of_subquery(link: Any, reading: _Reading, holds: bool) -> list[Demand]:  # noqa: FBT001
    """Demands of `exists (…)`, `x in (…)` or a query that gives a truth."""
    match link.subLinkType:
        case ast.SubLinkType.EXISTS_SUBLINK if holds:
            return reading.existing(link.subselect, reading.scope, None)
        case ast.SubLinkType.EXISTS_SUBLINK:
            return _of_difference(link.subselect, reading)
        case ast.SubLinkType.EXPR_SUBLINK:
            return reading.existing(link.subselect, reading.scope, holds)
        case ast.SubLinkType.ANY_SUBLINK | ast.SubLinkType.ALL_SUBLINK as kind:
            # `x in (select …)` has no name for its operator.
            name = link.operName[-1].sval if link.operName else "="
            of_any = (kind == ast.SubLinkType.ANY_SUBLINK) == holds
            found = reading.existing(link.subselect, reading.scope, None) if of_any else []
            if of_any and _EITHER_WAY.get(name) is holds:
                rows = ast.SubLink(subLinkType=ast.SubLinkType.EXPR_SUBLINK, subselect=link.subselect)
                parts = link.testexpr.args if isinstance(link.testexpr, ast.RowExpr) else (link.testexpr,)
                found += [
                    Equality(operand(part, reading.scope), Operand(rows, reading.scope, place))
                    for place, part in enumerate(parts or ())
                ]
            return found
    return []


def _of_rows(comparison: Any) -> Any | None:
    """The comparison with a query's rows that one with `any (array(select …))`, or `all`, is; None of others."""
    array = without_casts(comparison.rexpr, of_array=True)
    if not isinstance(array, ast.SubLink) or array.subLinkType != ast.SubLinkType.ARRAY_SUBLINK:
        return None
    # Rows are compared as wholes here.
    if has_row(comparison.lexpr):
        return None
    of_any = comparison.kind == _KIND.AEXPR_OP_ANY
    return ast.SubLink(
        subLinkType=ast.SubLinkType.ANY_SUBLINK if of_any else ast.SubLinkType.ALL_SUBLINK,
        testexpr=comparison.lexpr,
        operName=comparison.name,
        subselect=array.subselect,
    )


def _of_difference(query: Any, reading: _Reading) -> list[Demand]:
    """Demands where `select … except select …` has no row: what the first one gives, the second one does too."""
    if query.op != ast.SetOperation.SETOP_EXCEPT or query.withClause or query.limitCount or query.limitOffset:
        return []
    one, other = query.larg, query.rarg
    # The first one has a row in any case if it reads nothing, and so the second one is but one row, too.
    if not all(map(_is_row, (one, other))) or one.whereClause is not None:
        return []
    return [
        Equality(operand(left.val, reading.scope), operand(right.val, reading.scope), nulls=True)
        for left, right in zip(one.targetList or (), other.targetList or (), strict=False)
    ]


def _is_row(query: Any) -> bool:
    """Whether a query gives one row at most, of what is around it."""
    clauses = (query.fromClause, query.groupClause, query.havingClause, query.valuesLists, query.withClause)
    bounds = (query.limitCount, query.limitOffset, query.distinctClause)
    if query.op != ast.SetOperation.SETOP_NONE or any((*clauses, *bounds)):
        return False
    # A function may give several rows, or none.
    return not any(is_star(target.val) for target in query.targetList or ()) and not any(calls_in(query.targetList))


def _of_operator(condition: Any, reading: _Reading, holds: bool) -> list[Demand]:  # noqa: FBT001, PLR0911
    kind, name, left, right = condition.kind, condition.name[-1].sval, condition.lexpr, condition.rexpr
    equal = _EITHER_WAY.get(name) is holds
    if kind == _KIND.AEXPR_OP and holds and (query := counted_query(left, name, right)) is not None:
        return reading.existing(query, reading.scope, None)
    if (truth := _truth_of(condition, holds)) is not None:
        return _demands(*truth[:1], reading, truth[1])
    if kind == _KIND.AEXPR_OP and equal:
        return [*_compared(left, right, reading), *_of_rows_compared(condition, reading)]
    if (kind, holds) in _NOT_DISTINCT:
        return _equal(left, right, reading, nulls=True)
    if (kind, holds) in _BETWEEN:
        low, high = right
        return _equal(left, low, reading) if same(low, high) else []
    if kind == _KIND.AEXPR_IN and equal:
        return one_of(_compared(left, each, reading) for each in right)
    return _of_arrays(condition, reading, holds)


def _of_arrays(condition: Any, reading: _Reading, holds: bool) -> list[Demand]:  # noqa: FBT001
    """Demands of `any`, `all`, and the operators of arrays that are written out, or of the rows of a query."""
    kind, name, left, right = condition.kind, condition.name[-1].sval, condition.lexpr, condition.rexpr
    elements = _elements(right)
    if kind in {_KIND.AEXPR_OP_ANY, _KIND.AEXPR_OP_ALL}:
        if (of_rows := _of_rows(condition)) is not None:
            return _of_subquery(of_rows, reading, holds)
        if _EITHER_WAY.get(name) is not holds or not elements:
            return []
        found = [_equal_wholes(left, each, reading) for each in elements]
        of_any = (kind == _KIND.AEXPR_OP_ANY) == holds
        return one_of(found) if of_any else [demand for each in found for demand in each]
    if kind == _KIND.AEXPR_OP and holds and name == "&&" and elements and (ones := _elements(left)):
        return one_of(_equal_wholes(one, other, reading) for one in ones for other in elements)
    if kind == _KIND.AEXPR_OP and holds and name in {"<@", "@>"}:
        inner, outer = (left, right) if name == "<@" else (right, left)
        return [
            demand
            for part in _elements(inner)
            for demand in one_of(_equal_wholes(part, each, reading) for each in _elements(outer))
            if _elements(outer)
        ]
    return []


def _truth_of(comparison: Any, holds: bool) -> tuple[Any, bool] | None:  # noqa: FBT001
    """What has to be true or false, and which, where a comparison with a constant truth is true or false."""
    for one, other in ((comparison.lexpr, comparison.rexpr), (comparison.rexpr, comparison.lexpr)):
        if (truth := constant_truth(other)) is not None:
            if comparison.kind == _KIND.AEXPR_OP and (equal := _EITHER_WAY.get(comparison.name[-1].sval)) is not None:
                return one, truth is (equal is holds)
            # What is distinct from a truth may be null.
            return (one, truth) if (comparison.kind, holds) in _NOT_DISTINCT else None
    return None


def _compared(left: Any, right: Any, reading: _Reading) -> list[Demand]:
    """Demands of `left = right`, of which one may be a constant, and the other a `case` that gives constants."""
    for one, other in ((left, right), (right, left)):
        if (truth := constant_truth(other)) is not None:
            return _demands(one, reading, truth)
        if isinstance(other, ast.A_Const) and isinstance(one, ast.CaseExpr):
            return _of_case(one, other, reading)
    if isinstance(left, ast.A_Const) and isinstance(right, ast.A_Const):
        return [_NEVER] if _are_unequal(left, right) else []
    return _equal(left, right, reading)


def _of_case(case: Any, constant: Any, reading: _Reading) -> list[Demand]:
    """Demands of a `case` that gives a constant; texts may be of another type, by what else it gives."""
    results = [*(when.result for when in case.args), *([] if case.defresult is None else [case.defresult])]
    if _is_text(constant) and not all(map(_is_text, results)):
        return []
    return one_of(_branches(case, reading, lambda result: _compared(result, constant, reading)))


def _is_text(node: Any) -> bool:
    return isinstance(node, ast.A_Const) and isinstance(node.val, ast.String)


def _are_unequal(one: Any, other: Any) -> bool:
    """Whether two constants are never equal, as one is null or they are two numbers or texts."""
    if one.isnull or other.isnull:
        return True
    kinds = ((ast.Integer, "ival"), (ast.String, "sval"))
    return any(
        isinstance(one.val, kind) and isinstance(other.val, kind) and getattr(one.val, name) != getattr(other.val, name)
        for kind, name in kinds
    )


def _of_rows_compared(comparison: Any, reading: _Reading) -> Iterator[Demand]:
    """Demands of the rows of subqueries whose values are equal to something."""
    for side in (comparison.lexpr, comparison.rexpr):
        if isinstance(side, ast.SubLink) and side.subLinkType == ast.SubLinkType.EXPR_SUBLINK:
            yield from reading.existing(side.subselect, reading.scope, None)


def _equal(left: Any, right: Any, reading: _Reading, *, nulls: bool = False) -> list[Demand]:
    """Equalities of two values, or of the parts of two rows or arrays; `nulls` if two nulls are equal too."""
    ones, others = _elements(left), _elements(right)
    if ones and others:
        nulls = True
    else:
        ones, others = _parts(left), _parts(right)
    count = max(len(ones), len(others))
    sides = [_operands(parts, count, reading.scope) for parts in (ones, others)]
    if len(sides[0]) != len(sides[1]):
        return []
    return [Equality(one, other, nulls) for one, other in zip(*sides, strict=True)]


def _equal_wholes(left: Any, right: Any, reading: _Reading) -> list[Demand]:
    """Equalities of what a `case` or elements of arrays compare: rows as wholes, in which two nulls are equal."""
    return _equal(left, right, reading, nulls=has_row(left, right))


def _operands(parts: Sequence[Any], count: int, scope: Scope) -> list[Operand]:
    """Sides of equalities; a subquery has as many columns as the row that it's compared with."""
    match parts:
        case [ast.SubLink(subLinkType=ast.SubLinkType.EXPR_SUBLINK) as query]:
            return [Operand(query, scope, place) for place in range(count)]
    return [operand(part, scope) for part in parts]


def operand(expression: Any, scope: Scope) -> Operand:
    """A side of an equality; it's a column if that is what the expression certainly is."""
    reference = without_casts(expression)
    found = scope.find(reference) if isinstance(reference, ast.ColumnRef) else None
    if found is None or found.column is None or not found.certain:
        return Operand(expression, scope)
    return Operand(expression, scope, column=(found.relation, found.column))


def _elements(expression: Any) -> tuple[Any, ...]:
    """Elements of an array that is written out; none of other expressions.

    Nor has one of arrays any, as `any` and `&&` compare what is in these, each with each.
    """
    written = without_casts(expression, of_array=True)
    elements = tuple(written.elements or ()) if isinstance(written, ast.A_ArrayExpr) else ()
    return () if any(isinstance(uncast(each), ast.A_ArrayExpr) for each in elements) else elements


def _parts(expression: Any) -> tuple[Any, ...]:
    return tuple(expression.args or ()) if isinstance(expression, ast.RowExpr) else (expression,)
