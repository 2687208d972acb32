"""Sets of relations of which one has a row: of a full join a row of one side is there."""

from collections.abc import Callable, Iterable
from itertools import product

from api.checks.contract.values import Relation
from api.checks.sql.analysis import Join


class FullJoins:
    """What the full joins that were read so far say."""

    def __init__(self) -> None:
        self._sets: set[frozenset[Relation]] = set()

    def add(self, join: Join[Relation]) -> None:
        """Note a join, before what it makes nullable is marked so."""
        left, right = self._of_side(join.left), self._of_side(join.right)
        if join.keeps_left:
            self._sets -= right
        if join.keeps_right:
            self._sets -= left
        if join.keeps_left and join.keeps_right:
            self._sets |= {one | other for one, other in product(left, right)}

    def forget(self, relation: Relation) -> None:
        """Note that a value of a relation may be null, or its row missing, where one was certain to be there."""
        self._sets = {each for each in self._sets if relation not in each}

    def one_is_there(self, suffices: Callable[[Relation], bool]) -> bool:
        """Whether one relation certainly has a row of those that suffice."""
        return any(all(map(suffices, each)) for each in tuple(self._sets))

    def _of_side(self, side: Iterable[Relation]) -> set[frozenset[Relation]]:
        relations = frozenset(side)
        return {frozenset({each}) for each in relations if not each.nullable} | {
            each for each in self._sets if each <= relations
        }
