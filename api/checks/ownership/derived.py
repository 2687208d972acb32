"""Subqueries and CTEs whose rows are chosen by what refers to them."""

from collections.abc import Callable
from typing import Any

from api.checks import sql
from api.checks.faults import Message
from api.checks.ownership.demands import operand
from api.checks.ownership.owned_tables import NO_LABELS, OWNER_LABELS, Labels
from api.checks.ownership.pushing_down import pushed_down
from api.checks.ownership.relations import Demand, Equality, Operand, Relation, Result, Scope
from api.checks.sql import ast
from api.checks.sql.scopes import Cte

Owners = tuple[Labels, ...]


class Derived(sql.Reader[Labels, Relation]):
    """Reads a subquery or a CTE again for the owner that is demanded of a column of it where it is used."""

    unknown = NO_LABELS
    relation_type = Relation

    def __init__(self) -> None:
        super().__init__()
        # Labels from earlier readings of a level, by the id of its scope.
        self.remembered: dict[int, list[dict[str, Labels]]] = {}
        # What has to be an owner's for a row of a subquery to be used, with the labels, by the id of its `from`.
        self._used: dict[int, list[tuple[Any, Labels]]] = {}
        # Labels of owners that are demanded of the columns of the subquery that is being read.
        self._read_owners: Owners = ()
        # Results and faults of CTEs by these labels, each with its CTE, as ids are used again: it saves reading what
        # each of several refers to twice over and over.
        self._readings: dict[tuple[int, Owners], tuple[Cte[Labels], Result, list[tuple[Any, Message]]]] = {}
        # Faults of CTEs that aren't restricted within, by the ids of their queries; none once one is referred to.
        self._held_back: dict[int, list[tuple[Any, Message]]] = {}
        self.takes_locks = False

    def derived(self, query: Any, read: Callable[[], Result], scope: Scope) -> Result:
        """Result of a subquery, read again with the owners that the level around it is known to demand of it."""
        faults = len(self.faults)
        result = self._read_for((), read)
        if query is None or len(self.faults) == faults:
            return result
        owners = self._demanded(result, scope)
        restrictions = list(pushed_down(query, owners))
        if not restrictions:
            return result
        del self.faults[faults:]
        for select, expression, labels in restrictions:
            self._used.setdefault(id(select.fromClause), []).append((expression, labels))
        result = self._read_for(owners, read)
        for select, _, _ in restrictions:
            self._used.pop(id(select.fromClause), None)
        return result

    def _read_for(self, owners: Owners, read: Callable[[], Result]) -> Result:
        before, self._read_owners = self._read_owners, owners
        result = read()
        self._read_owners = before
        return result

    def _demanded(self, result: Result, scope: Scope) -> Owners:
        """Labels of owners that a level demands of the columns of its next relation, beyond what these have."""
        remembered = self.remembered.get(id(scope), [])
        place = len(scope.relations)
        # A lock that is taken around a subquery may be taken of all rows in it.
        if self.takes_locks or not result.known or place >= len(remembered):
            return ()
        names = [column.name for column in result.columns]
        return tuple(
            remembered[place].get(name or "", NO_LABELS) & OWNER_LABELS - labels
            if names.count(name) == 1
            else NO_LABELS
            for name, labels in result.columns
        )

    def demands_of_use(self, items: Any, level: Scope) -> list[Demand]:
        """Demands of the rows of a level, by its `from`, that its use makes."""
        return [
            Equality(operand(expression, level), Operand(None, level, labels=labels))
            for expression, labels in self._used.get(id(items), ())
        ]

    def cte(self, cte: Cte[Labels]) -> Result:
        """Result of a CTE; faults of one that only selects are those of what refers to it, if anything does."""
        faults = len(self.faults)
        result = cte.read()
        self._held_back.pop(id(cte.query), None)
        if isinstance(cte.query, ast.SelectStmt) and len(self.faults) > faults:
            self._held_back[id(cte.query)] = self.faults[faults:]
            del self.faults[faults:]
        return result

    def reference(self, cte: Cte[Labels]) -> Result:
        if id(cte.query) not in self._held_back:
            return cte.result
        self._held_back[id(cte.query)] = []
        key = id(cte), self._read_owners
        if key not in self._readings:
            around, self.faults = self.faults, []
            self._readings[key] = cte, cte.read(), self.faults
            self.faults = around
        _, result, faults = self._readings[key]
        for node, what in faults:
            self.fault(node, what)
        return result

    def add_faults_held_back(self) -> None:
        """Add the faults of CTEs that nothing refers to."""
        for found in self._held_back.values():
            for node, what in found:
                self.fault(node, what)
