"""Follows the caller through a statement: which values and columns are known to be whose."""

from collections.abc import Mapping, Sequence
from typing import Any

from pglast import ast, enums

from api.checks import sql
from api.checks.ownership.equalities import equalities, equated
from api.checks.ownership.functions import functions
from api.checks.ownership.owned_tables import (
    FREE,
    NOTHING,
    OWNED,
    OWNER_PARAMETERS,
    RUN_SQL,
    Labels,
    OwnedTable,
)
from api.checks.ownership.relations import CALLS, Operand, Relation, Result, Scope, uncast
from api.checks.sql import Column, Found
from api.checks.sql.analysis import Join
from api.checks.sql.tree import function_name
from api.database.statements.files import Statement

_LEFT_IS_KEPT = {enums.JoinType.JOIN_LEFT, enums.JoinType.JOIN_FULL}
_RIGHT_IS_KEPT = {enums.JoinType.JOIN_RIGHT, enums.JoinType.JOIN_FULL}


class Labelling(sql.Reader[Labels, Relation]):
    """Gives values and columns their labels; `owned` are the tables whose rows have to be the caller's.

    Labels only ever grow from what is certain: what can't be followed has none, and ends as a fault.
    """

    anything = NOTHING
    relation_type = Relation

    def __init__(self, statement: Statement, owned: Mapping[str, OwnedTable]) -> None:
        super().__init__()
        self.statement = statement
        self.owned = owned
        # Labels that a level's relations got when it was read before, by the level's id.
        self._remembered: dict[int, list[dict[str, Labels]]] = {}

    # Values.

    def parameter(self, node: Any) -> Labels:
        if self.statement.batch:
            return NOTHING
        label = OWNER_PARAMETERS.get(self.statement.parameters[node.number - 1])
        return frozenset({label}) if label else NOTHING

    def column(self, found: Found[Relation]) -> Labels:
        return found.relation.columns[found.column] if found.column is not None and found.certain else NOTHING

    def subquery(self, node: Any, result: Result) -> Labels:
        self._refuse_calls(node, result)
        return result.at(0, NOTHING) if node.subLinkType == enums.SubLinkType.EXPR_SUBLINK else NOTHING

    def row_of(self, node: Any, result: Result) -> list[Labels]:
        self._refuse_calls(node, result)
        return [column.value for column in result.columns]

    def _refuse_calls(self, node: Any, result: Result) -> None:
        if result.traits & CALLS:
            self.fault(node, "a subquery has rows of all calls: refer to the call's row around it instead")

    def either(self, values: Sequence[Labels]) -> Labels:
        return frozenset.intersection(*values)

    def operation(self, node: Any, scope: Scope) -> Labels:
        uncasted = uncast(node)
        return super().operation(node, scope) if uncasted is node else self.value(uncasted, scope)

    def call(self, node: Any, scope: Scope) -> Labels:
        name = function_name(node)
        if name in RUN_SQL:
            self.fault(node, f"{name} runs SQL of its own: write that SQL here")
        if node.over is not None and any(relation.traits & CALLS for relation in scope.relations):
            parts = node.over.partitionClause or ()
            if not any("call" in self.labels(part, scope) for part in parts):
                self.fault(node, "a window holds rows of different calls: partition it by the call")
        return super().call(node, scope)

    def labels(self, expression: Any, scope: Scope, place: int = 0) -> Labels:
        """What an expression is known to be, faults in it aside; of a subquery, its column in a place."""
        match uncast(expression):
            case ast.ParamRef() | ast.ColumnRef() as name:
                return self.value(name, scope)
            case ast.SubLink(subLinkType=enums.SubLinkType.EXPR_SUBLINK | enums.SubLinkType.ANY_SUBLINK) as subquery:
                faults = len(self.faults)
                result = self.query(subquery.subselect, scope)
                del self.faults[faults:]
                return result.at(place, NOTHING)
        return NOTHING

    # Relations.

    def relation(self, alias: str, result: Result, node: Any) -> Relation:
        relation = super().relation(alias, result, node)
        if isinstance(node, ast.RangeVar):
            relation.table = self.owned.get(node.relname or "")
            # Renamed columns are none that are known.
            if relation.table is not None and not (node.alias is not None and node.alias.colnames):
                relation.owners = relation.table.owners
        return relation

    def table(self, node: Any) -> Result:
        """The owner columns of a table, which it has among others."""
        owned = self.owned.get(node.relname)
        if owned is None and node.relname not in FREE | OWNED.keys():
            name = node.relname
            self.fault(
                node,
                f"no feature says whose rows {name} has:"
                f' write `tables=family_table("{name}")` in the facts.py of its feature',
            )
        return Result(tuple(Column(name, NOTHING) for name in owned.owners) if owned else (), known=False)

    def functions(self, item: Any, scope: Scope) -> Result:
        for call, _ in item.functions:
            self.value(call, scope)
        return functions(item, self.statement, self.seen)

    def unread(self) -> Result:
        return Result(known=False, traits=CALLS if self.statement.batch else frozenset())

    def relations(self, outer: Scope, items: Any, where: Any, target: Relation | None) -> Scope:
        """Relations of a level, with all labels that its conditions and `where` give them.

        It is read again as long as labels come to be known, which those of a lateral subquery may depend on.
        """
        remembered: list[dict[str, Labels]] = []
        faults = len(self.faults)
        while True:
            del self.faults[faults:]
            level = Scope(outer=outer)
            if target is not None:
                target.equalities.clear()
            self._remembered[id(level)] = remembered
            self.read_items(level, items, target)
            del self._remembered[id(level)]
            for relation in level.relations:
                relation.equalities += equalities(where, level)
            for relation in level.relations:
                self.label(relation)
            found = [dict(relation.columns) for relation in level.relations]
            if found == remembered:
                break
            remembered = found
        of_calls = [relation for each in level.levels() for relation in each.relations if relation.traits & CALLS]
        if len(of_calls) > 1 and any(relation in level.relations for relation in of_calls):
            self.fault(items[0] if items else None, "rows of different calls can meet: read the calls once")
        return level

    def add(self, relation: Relation, scope: Scope) -> None:
        remembered = self._remembered[id(scope)]
        if len(scope.relations) < len(remembered):
            relation.columns |= remembered[len(scope.relations)]
        super().add(relation, scope)

    def joined(self, join: Join[Relation]) -> None:
        demanded = [*equalities(join.node.quals, join.scope), *equated(join)]
        for relation in [
            *(join.left if join.node.jointype not in _LEFT_IS_KEPT else ()),
            *(join.right if join.node.jointype not in _RIGHT_IS_KEPT else ()),
        ]:
            relation.equalities += demanded

    def label(self, relation: Relation) -> None:
        """Give a relation's columns the labels that its equalities prove."""
        known = {
            _key(*side.column): side.column[0].columns[side.column[1]]
            for pair in relation.equalities
            for side in pair
            if side.column is not None
        }
        pairs = [[(side.column and _key(*side.column), self.of(side)) for side in pair] for pair in relation.equalities]
        changed = True
        while changed:
            changed = False
            for pair in pairs:
                labels = NOTHING.union(*(known[key] if key else given for key, given in pair))
                for key, _ in pair:
                    if key and known[key] != labels:
                        known[key] = labels
                        changed = True
        for (owner, column), labels in known.items():
            if owner == id(relation):
                relation.columns[column] |= labels
        if relation.is_bound:
            relation.bind()

    def of(self, operand: Operand) -> Labels:
        """What a side of an equality is known to be."""
        if operand.column is not None:
            relation, column = operand.column
            return relation.columns[column]
        return self.labels(operand.expression, operand.scope, operand.place)


def _key(relation: Relation, column: str) -> tuple[int, str]:
    return id(relation), column
