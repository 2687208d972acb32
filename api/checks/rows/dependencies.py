"""What of a row is certain once something else of it is: functional dependencies.

An atom is a part of a relation's row: a column, an expression on one column such as `fold(username)`, or `x IS NULL`;
with None it's the whole row. From the equalities of a level and the keys of its relations follows which atoms are
determined (Paulley, "Exploiting functional dependence in query optimization", 2000). What is of a query around the
level is the same for all of its rows, and so is a parameter.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from api.checks import sql

Atom = tuple[int, str | None]
Atoms = frozenset[Atom]
NONE: Atoms = frozenset()
# An atom that nothing determines, as an expression has several values in one row.
SEVERAL: Atom = (0, None)
# An atom that is determined if all of the others are.
Determination = tuple[Atom, Atoms]


class Value(NamedTuple):
    """The atoms that an expression is made of, and the one that it is, if it's nothing else."""

    atoms: Atoms = NONE
    atom: Atom | None = None


class Rows(msgspec.Struct, frozen=True):
    """Facts of a query's rows.

    `key` are atoms that determine a row, None if it isn't known what does; with none of its own there's at most one row
    for each row of the queries around. `needs` are atoms of these. `own` are the numbers of its relations. `sorted` are
    the atoms of its `order by`; `is_ordered` if that leaves nothing open, `is_sorted` if it has one at all.
    `is_bounded` if their number doesn't grow with the table. `is_given` if they are elements of a parameter. `unlocked`
    are the tables that it reads without a lock, `locked` those whose rows it locks. `numbered` are the places of
    columns that number the rows.
    """

    key: Atoms | None = None
    needs: Atoms = NONE
    own: frozenset[int] = frozenset()
    sorted: tuple[Atom, ...] = ()
    is_ordered: bool = False
    is_sorted: bool = False
    is_bounded: bool = False
    is_given: bool = False
    unlocked: frozenset[str] = frozenset()
    locked: frozenset[str] = frozenset()
    numbered: tuple[int, ...] = ()

    @property
    def is_single(self) -> bool:
        """Whether there's at most one row."""
        return self.key is not None and not any(number in self.own for number, _ in self.key)


class Relation(sql.Relation[Value], eq=False):
    """A relation with its number, the sets of atoms that each determine its row, and what joins determine.

    `rows` are the facts of the query that it comes from, `sorted` the atoms that this is ordered by.
    """

    number: int = 0
    keys: list[Atoms] = msgspec.field(default_factory=list)
    equalities: list[Determination] = msgspec.field(default_factory=list)
    rows: Rows = Rows()
    sorted: tuple[Atom, ...] = ()


Scope = sql.Scope[Relation]
Result = sql.Result[Value]


class Level(NamedTuple):
    """Relations of a query level, and the equalities that hold for its rows."""

    relations: Sequence[Relation]
    equalities: Sequence[Determination]

    @property
    def numbers(self) -> frozenset[int]:
        return frozenset(relation.number for relation in self.relations)

    def closure(self, atoms: Iterable[Atom] = (), without: Relation | None = None) -> set[Atom]:
        """All atoms that are determined if these are; the keys of one relation may be left out."""
        found = set(atoms)
        before = -1
        while before != len(found):
            before = len(found)
            found |= {atom for atom, others in self.equalities if self.are_known(others, found)}
            for relation in self.relations:
                if relation is not without and any(self.are_known(key, found) for key in relation.keys):
                    found.add((relation.number, None))
        return found

    def are_known(self, atoms: Iterable[Atom], found: set[Atom]) -> bool:
        return all(self._is_known(atom, found) for atom in atoms)

    def _is_known(self, atom: Atom, found: set[Atom]) -> bool:
        number, name = atom
        if atom == SEVERAL:
            return False
        if number not in self.numbers or atom in found or (number, None) in found:
            return True
        # `fold(username)`, once username is.
        return name is not None and name.endswith(")") and (number, name.partition("(")[2][:-1]) in found

    def undetermined(self, atoms: Atoms | None) -> Atoms | None:
        """Those of some atoms, if they are known, that the equalities don't determine."""
        found = self.closure()
        return None if atoms is None else frozenset(atom for atom in atoms if not self._is_known(atom, found))

    def open(self, found: set[Atom]) -> list[Relation]:
        """Relations that may have several rows, if these atoms are determined."""
        return [relation for relation in self.relations if (relation.number, None) not in found]

    def key(self) -> Atoms | None:
        """Atoms that determine a row of the level; None if a relation has no key."""
        chosen: set[Atom] = set()
        while left := self.open(found := self.closure(chosen)):
            keys = [key for relation in left for key in relation.keys]
            if not keys:
                return None
            chosen |= {atom for atom in keys[0] if not self.are_known([atom], found)}
        return frozenset(chosen)

    def key_of(self, relation: Relation) -> Atoms | None:
        """Atoms that determine a row of one relation."""
        return Level((relation,), [(atom, NONE) for atom in self.closure()]).key()

    def is_bounded(self) -> bool:
        """Whether its number of rows doesn't grow with its tables."""
        return not self.open(self.closure((each.number, None) for each in self.relations if each.rows.is_bounded))


def atoms_of(values: Iterable[Value]) -> Atoms:
    return NONE.union(*(value.atoms for value in values))


def exact(values: Iterable[Value]) -> Atoms | None:
    """The atoms that values are; None if one of them is more than an atom."""
    found: set[Any] = {value.atom for value in values if value.atoms}
    return None if None in found else frozenset(found)
