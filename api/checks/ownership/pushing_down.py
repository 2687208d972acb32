"""Where of a subquery's rows only those of an owner are used, so that those of others might as well not be read."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from api.checks.contract.null_semantics import (
    AGGREGATES,
    FIELDS,
    NEVER_NULL,
    OBJECTS,
    SETS,
    TOTAL_FUNCTIONS,
    WINDOW_FUNCTIONS,
)
from api.checks.ownership.owned_tables import Labels
from api.checks.sql import ast
from api.checks.sql.tree import function_name, is_star, nodes, same

# Of others it isn't known that a call for a row that isn't used does nothing: some lock, count or send.
_WITHOUT_EFFECT: Final = (
    AGGREGATES | FIELDS | NEVER_NULL | OBJECTS | SETS.keys() | TOTAL_FUNCTIONS | WINDOW_FUNCTIONS
)  # fmt: skip


def pushed_down(query: Any, owners: Sequence[Labels]) -> Iterator[tuple[Any, Any, Labels]]:
    """Selects in a query with an expression of which only rows with an owner are used, and that owner's labels.

    `owners` are the labels that are demanded of the query's columns. None come of a column where leaving other owners'
    rows out would change those that are used: behind a limit, `distinct on` or grouping sets, in windows that aren't
    parted by the column, or if a function may do something. A group is of one owner if it has such a column.
    """
    if not isinstance(query, ast.SelectStmt) or query.valuesLists or not _is_plain(query):
        return
    if query.op != ast.SetOperation.SETOP_NONE:
        for side in (query.larg, query.rarg):
            yield from pushed_down(side, owners)
        return
    targets = query.targetList or ()
    if not query.fromClause or len(targets) != len(owners) or any(is_star(target.val) for target in targets):
        return
    windows = list(_windows(query))
    for target, labels in zip(targets, owners, strict=True):
        if labels and all(any(same(target.val, part) for part in window) for window in windows):
            yield query, target.val, labels


def _is_plain(query: Any) -> bool:
    if query.limitCount is not None or query.limitOffset is not None:
        return False
    if any(part is not None for part in query.distinctClause or ()):
        return False
    if any(isinstance(part, ast.GroupingSet) for part in query.groupClause or ()):
        return False
    calls = [function_name(node) for node in nodes(query) if isinstance(node, ast.FuncCall)]
    return _WITHOUT_EFFECT.issuperset(calls)


def _windows(query: Any) -> Iterator[Sequence[Any]]:
    """What each window is parted by; one that takes that from another window counts as not parted."""
    named = {window.name: window.partitionClause or () for window in query.windowClause or ()}
    for node in nodes((query.targetList, query.distinctClause, query.sortClause)):
        if isinstance(node, ast.WindowDef):
            yield named.get(node.name, node.partitionClause or ())
