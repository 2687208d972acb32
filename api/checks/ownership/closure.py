"""Labels of columns that demands prove, by following equalities until nothing is added."""

from collections.abc import Callable, Iterable, Iterator

from api.checks.ownership.owned_tables import NO_LABELS, OWNER_LABELS, Labels
from api.checks.ownership.relations import Demand, Equality, Operand, Relation
from api.checks.sql import ast

# Labels by column.
LabelSets = dict[tuple[Relation, str], Labels]


def label_sets(demands: Iterable[Demand]) -> LabelSets:
    """The known labels of the columns that demands are about."""
    return {column: column[0].columns[column[1]] for column in _columns(demands)}


def add_labels(known: LabelSets, demands: Iterable[Demand], labels_of: Callable[[Operand], Labels]) -> None:
    """Add the labels that demands prove to the known ones: of branches, those that all of them prove."""
    demands = list(demands)
    while True:
        before = dict(known)
        for demand in demands:
            if isinstance(demand, Equality):
                _add_equal(known, demand, labels_of)
                continue
            tried = [dict(known) for _ in demand.branches]
            for trial, branch in zip(tried, demand.branches, strict=True):
                add_labels(trial, branch, labels_of)
            for column in known if tried else ():
                known[column] |= frozenset.intersection(*(trial[column] for trial in tried))
        if known == before:
            return


def _add_equal(known: LabelSets, equality: Equality, labels_of: Callable[[Operand], Labels]) -> None:
    sides = (equality.left, equality.right)
    given = [known[side.column] if side.column else labels_of(side) for side in sides]
    for side, others in zip(sides, reversed(given), strict=True):
        if side.column:
            is_certain = not equality.nulls or _is_there(sides)
            known[side.column] |= others if is_certain else _of_nulls(*side.column, others)


def _of_nulls(relation: Relation, column: str, labels: Labels) -> Labels:
    """Those of some labels that a column has too which is equal, or null as well."""
    if _may_be_nobodys(relation, column):
        return NO_LABELS
    # Of a column of a subquery it isn't known whether it's such an owner.
    return labels - OWNER_LABELS if relation.table is None else labels


def _may_be_nobodys(relation: Relation, column: str) -> bool:
    """Whether a column is an owner that may be null: as another null, it would be the owner of other rows."""
    return relation.table is not None and relation.table.may_be_nobodys and column in relation.owners


def _is_there(sides: Iterable[Operand]) -> bool:
    """Whether one of two values is a parameter; a caller is always somebody."""
    return any(isinstance(side.expression, ast.ParamRef) for side in sides)


def _columns(demands: Iterable[Demand]) -> Iterator[tuple[Relation, str]]:
    for demand in demands:
        if isinstance(demand, Equality):
            yield from (side.column for side in (demand.left, demand.right) if side.column)
        else:
            for branch in demand.branches:
                yield from _columns(branch)
