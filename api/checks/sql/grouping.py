"""What a `group by` groups by: always, or in some grouping sets only."""

from collections.abc import Iterable
from typing import Any

from api.checks.sql import ast
from api.checks.sql.tree import same


def sometimes_grouped(clause: Iterable[Any] | None) -> list[Any]:
    """Expressions of grouping sets that aren't in all of them, and so are null in some rows."""
    items = list(clause or ())
    always = [each for item in items for each in _always(item)]
    return [
        each
        for item in items
        if isinstance(item, ast.GroupingSet)
        for each in _all(item)
        if not any(same(each, other) for other in always)
    ]


def has_groups(clause: Iterable[Any] | None) -> bool:
    """Whether each row of a query is of a group with rows; an empty grouping set has one row in any case."""
    return any(not _may_be_empty(item) for item in clause or ())


def _may_be_empty(item: Any) -> bool:
    if not isinstance(item, ast.GroupingSet):
        return False
    return item.kind != ast.GroupingSetKind.GROUPING_SET_SETS or any(map(_may_be_empty, item.content or ()))


def _always(item: Any) -> list[Any]:
    if not isinstance(item, ast.GroupingSet):
        return _expressions(item)
    if item.kind != ast.GroupingSetKind.GROUPING_SET_SETS:
        return []
    first, *others = [_always(part) for part in item.content]
    return [each for each in first if all(any(same(each, one) for one in other) for other in others)]


def _all(item: Any) -> list[Any]:
    if not isinstance(item, ast.GroupingSet):
        return _expressions(item)
    return [each for part in item.content or () for each in _all(part)]


def _expressions(item: Any) -> list[Any]:
    return list(item.args or ()) if isinstance(item, ast.RowExpr) else [item]
