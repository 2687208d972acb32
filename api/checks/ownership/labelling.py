"""Labels values and columns with the owner that they are known to hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.checks import sql
from api.checks.ownership.equalities import equalities, using_equalities
from api.checks.ownership.family_readers import family_readers
from api.checks.ownership.functions import functions
from api.checks.ownership.owned_tables import (
    NO_LABELS,
    OWNED,
    OWNER_PARAMETERS,
    SQL_RUNNERS,
    UNOWNED,
    Labels,
    OwnedTable,
)
from api.checks.ownership.relations import CALLS, Operand, Relation, Result, Scope, without_casts
from api.checks.sql import Column, Found, ast
from api.checks.sql.analysis import Join
from api.checks.sql.tree import function_name
from api.database.statements.files import Statement

# Labels of ids that are the caller's.
_OWNERS: Labels = frozenset(OWNER_PARAMETERS.values())
_LEFT_IS_KEPT = {ast.JoinType.JOIN_LEFT, ast.JoinType.JOIN_FULL}
_RIGHT_IS_KEPT = {ast.JoinType.JOIN_RIGHT, ast.JoinType.JOIN_FULL}


class Labelling(sql.Reader[Labels, Relation]):
    """Labels values and columns; `owned` are the tables whose rows have to be the caller's.

    Only what is certain gets a label; a value that can't be followed has none, and so leads to a fault.
    """

    unknown = NO_LABELS
    relation_type = Relation

    def __init__(self, statement: Statement, owned: Mapping[str, OwnedTable]) -> None:
        super().__init__()
        self.statement = statement
        self.owned = owned
        # Labels from earlier readings of a level, by the id of its scope.
        self._remembered: dict[int, list[dict[str, Labels]]] = {}

    # Values.

    def parameter(self, node: Any) -> Labels:
        if self.statement.batch:
            return NO_LABELS
        label = OWNER_PARAMETERS.get(self.statement.parameters[node.number - 1])
        return frozenset({label}) if label else NO_LABELS

    def column(self, found: Found[Relation]) -> Labels:
        return found.relation.columns[found.column] if found.column is not None and found.certain else NO_LABELS

    def subquery(self, node: Any, result: Result) -> Labels:
        self._refuse_calls(node, result)
        return result.at(0, NO_LABELS) if node.subLinkType == ast.SubLinkType.EXPR_SUBLINK else NO_LABELS

    def row_of(self, node: Any, result: Result) -> list[Labels]:
        self._refuse_calls(node, result)
        return [column.value for column in result.columns]

    def _refuse_calls(self, node: Any, result: Result) -> None:
        if result.traits & CALLS:
            self.fault(node, "a subquery has rows of all calls: refer to the call's row around it instead")

    def either(self, values: Sequence[Labels]) -> Labels:
        return frozenset.intersection(*values)

    def operation(self, node: Any, scope: Scope) -> Labels:
        stripped = without_casts(node)
        return super().operation(node, scope) if stripped is node else self.value(stripped, scope)

    def call(self, node: Any, scope: Scope) -> Labels:
        name = function_name(node)
        if name in SQL_RUNNERS:
            self.fault(node, f"{name} runs SQL of its own: write that SQL here")
        if self.owned and name in family_readers():
            given = self.labels(node.args[0], scope) if node.args else NO_LABELS
            if given.isdisjoint(_OWNERS):
                what = f"give {name} the caller's id first, and let its body restrict by that: it reads families"
                self.fault(node, what)
        if node.over is not None and any(relation.traits & CALLS for relation in scope.relations):
            parts = node.over.partitionClause or ()
            if not any("call" in self.labels(part, scope) for part in parts):
                self.fault(node, "a window holds rows of different calls: partition it by the call")
        return super().call(node, scope)

    def labels(self, expression: Any, scope: Scope, place: int = 0) -> Labels:
        """Labels of an expression, without adding faults; of a subquery, those of the column at a position."""
        match without_casts(expression):
            case ast.ParamRef() | ast.ColumnRef() as name:
                return self.value(name, scope)
            case ast.SubLink(subLinkType=ast.SubLinkType.EXPR_SUBLINK | ast.SubLinkType.ANY_SUBLINK) as subquery:
                faults = len(self.faults)
                result = self.query(subquery.subselect, scope)
                del self.faults[faults:]
                return result.at(place, NO_LABELS)
        return NO_LABELS

    # Relations.

    def relation(self, alias: str, result: Result, node: Any) -> Relation:
        relation = super().relation(alias, result, node)
        if isinstance(node, ast.RangeVar):
            relation.table = self.owned.get(node.relname or "")
            # If columns are renamed, the owner column isn't known.
            if relation.table is not None and not (node.alias is not None and node.alias.colnames):
                relation.owners = relation.table.owners
        return relation

    def table(self, node: Any) -> Result:
        """A table's owner columns; it has others too."""
        owned = self.owned.get(node.relname)
        if owned is None and node.relname not in UNOWNED | OWNED.keys():
            name = node.relname
            self.fault(
                node,
                f"no feature says whose rows {name} has:"
                f' write `tables=family_table("{name}")` in the facts.py of its feature',
            )
        return Result(tuple(Column(name, NO_LABELS) for name in owned.owners) if owned else (), known=False)

    def functions(self, item: Any, scope: Scope) -> Result:
        for call, _ in item.functions:
            self.value(call, scope)
        return functions(item, self.statement, self.seen)

    def recursive_reference(self) -> Result:
        return Result(known=False, traits=CALLS if self.statement.batch else frozenset())

    def relations(self, outer: Scope, items: Any, where: Any, target: Relation | None) -> Scope:
        """Read the relations of a level, with the labels that its join conditions and `where` prove.

        The level is read again until no label is added, as labels of a lateral subquery may depend on others.
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
                self.label_columns(relation)
            found = [dict(relation.columns) for relation in level.relations]
            if found == remembered:
                break
            remembered = found
        of_calls = [relation for each in level.levels() for relation in each.relations if relation.traits & CALLS]
        if len(of_calls) > 1 and any(relation in level.relations for relation in of_calls):
            self.fault(items[0] if items else None, "rows of different calls can meet: read the calls once")
        return level

    def add_relation(self, relation: Relation, scope: Scope) -> None:
        remembered = self._remembered[id(scope)]
        if len(scope.relations) < len(remembered):
            relation.columns |= remembered[len(scope.relations)]
        super().add_relation(relation, scope)

    def on_join(self, join: Join[Relation]) -> None:
        demanded = [*equalities(join.node.quals, join.scope), *using_equalities(join)]
        for relation in [
            *(join.left if join.node.jointype not in _LEFT_IS_KEPT else ()),
            *(join.right if join.node.jointype not in _RIGHT_IS_KEPT else ()),
        ]:
            relation.equalities += demanded

    def label_columns(self, relation: Relation) -> None:
        """Give a relation's columns the labels that its equalities prove."""
        known = {
            _key(*side.column): side.column[0].columns[side.column[1]]
            for pair in relation.equalities
            for side in pair
            if side.column is not None
        }
        pairs = [
            [(side.column and _key(*side.column), self.operand_labels(side)) for side in pair]
            for pair in relation.equalities
        ]
        changed = True
        while changed:
            changed = False
            for pair in pairs:
                labels = NO_LABELS.union(*(known[key] if key else given for key, given in pair))
                for key, _ in pair:
                    if key and known[key] != labels:
                        known[key] = labels
                        changed = True
        for (owner, column), labels in known.items():
            if owner == id(relation):
                relation.columns[column] |= labels
        if relation.is_restricted:
            relation.mark_restricted()

    def operand_labels(self, operand: Operand) -> Labels:
        """Labels of a side of an equality."""
        if operand.column is not None:
            relation, column = operand.column
            return relation.columns[column]
        return self.labels(operand.expression, operand.scope, operand.place)


def _key(relation: Relation, column: str) -> tuple[int, str]:
    return id(relation), column
