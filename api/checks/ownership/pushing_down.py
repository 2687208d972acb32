"""Where a condition on the rows of a subquery may be put within it, as PostgreSQL's planner does."""

from collections.abc import Iterator, Sequence
from typing import Any

from api.checks.ownership.owned_tables import Labels
from api.checks.sql import ast
from api.checks.sql.tree import is_star, nodes, same


def pushed_down(query: Any, owners: Sequence[Labels]) -> Iterator[tuple[Any, Any, Labels]]:
    """Selects in a query with an expression of which only rows with an owner are used, and that owner's labels.

    `owners` are the labels that are demanded of the query's columns. None come of a column where leaving other owners'
    rows out would change those that are used: behind a limit, a lock, in windows and groups of several owners.
    """
    if not isinstance(query, ast.SelectStmt) or query.valuesLists:
        return
    if query.limitCount is not None or query.limitOffset is not None or query.lockingClause:
        return
    if query.op != ast.SetOperation.SETOP_NONE:
        for side in (query.larg, query.rarg):
            yield from pushed_down(side, owners)
        return
    targets = query.targetList or ()
    if not query.fromClause or len(targets) != len(owners) or any(is_star(target.val) for target in targets):
        return
    parts = list(_parts_of_rows(query))
    for target, labels in zip(targets, owners, strict=True):
        if labels and all(any(same(target.val, each) for each in part) for part in parts):
            yield query, target.val, labels


def _parts_of_rows(query: Any) -> Iterator[Sequence[Any]]:
    """What the rows are parted by that windows, `distinct on` and grouping sets look at together."""
    distinct = query.distinctClause or ()
    if any(part is not None for part in distinct):
        yield distinct
    if any(isinstance(part, ast.GroupingSet) for part in query.groupClause or ()):
        yield [part for part in query.groupClause if not isinstance(part, ast.GroupingSet)]
    named = {window.name: window for window in query.windowClause or ()}
    for node in nodes((query.targetList, query.sortClause)):
        if isinstance(node, ast.WindowDef):
            window = named.get(node.name or node.refname, node)
            while window.refname in named:
                window = named[window.refname]
            yield window.partitionClause or ()
