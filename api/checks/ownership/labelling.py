"""Labels values and columns with the owner that they are known to hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.checks.contract.cardinality import may_aggregate
from api.checks.ownership.closure import add_labels, label_sets
from api.checks.ownership.demands import demands, one_of, operand, using_demands
from api.checks.ownership.derived import Derived
from api.checks.ownership.family_readers import family_readers
from api.checks.ownership.functions import functions
from api.checks.ownership.owned_tables import (
    NO_LABELS,
    OWNED,
    OWNER_LABELS,
    OWNER_PARAMETERS,
    SQL_RUNNERS,
    UNOWNED,
    Labels,
    OwnedTable,
)
from api.checks.ownership.relations import CALLS, Demand, Equality, Operand, Relation, Result, Scope, without_casts
from api.checks.sql import Column, Found, ast
from api.checks.sql.analysis import Join
from api.checks.sql.tree import function_name, is_null, nodes
from api.database.statements.files import Statement

_CALL: Labels = frozenset({"call"})
# Aggregates that give a value of one of their rows.
_OF_ONE = frozenset({"min", "max", "any_value"})


class Labelling(Derived):
    """Labels values and columns; `owned` are the tables whose rows have to be the caller's.

    Only what is certain gets a label; a value that can't be followed has none, and so leads to a fault.
    """

    def __init__(self, statement: Statement, owned: Mapping[str, OwnedTable]) -> None:
        super().__init__()
        self.statement = statement
        self.owned = owned

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
        # Without a row it's null, which is an owner's, and no call's.
        return result.at(0, NO_LABELS) - _CALL if node.subLinkType == ast.SubLinkType.EXPR_SUBLINK else NO_LABELS

    def row_of(self, node: Any, result: Result) -> list[Labels]:
        self._refuse_calls(node, result)
        return [column.value for column in result.columns]

    def _refuse_calls(self, node: Any, result: Result) -> None:
        if result.traits & CALLS:
            self.fault(node, "a subquery has rows of all calls: refer to the call's row around it instead")

    def either(self, values: Sequence[Labels]) -> Labels:
        return frozenset.intersection(*values)

    def both(self, one: Labels, other: Labels) -> Labels:
        return one | other

    def operation(self, node: Any, scope: Scope) -> Labels:
        if (stripped := without_casts(node)) is not node:
            return self.value(stripped, scope)
        super().operation(node, scope)
        return self._labels_of_any(_choices(node), scope)

    def _labels_of_any(self, choices: Sequence[Any], scope: Scope) -> Labels:
        """Labels of an owner that each of several expressions has; that one of no expression is unknown."""
        found = [self.value(each, scope) for each in choices if not is_null(each)]
        return OWNER_LABELS.intersection(*found) if found else NO_LABELS

    def call(self, node: Any, scope: Scope) -> Labels:
        name = function_name(node)
        if name in SQL_RUNNERS:
            self.fault(node, f"{name} runs SQL of its own: write that SQL here")
        if self.owned and name in family_readers():
            given = self.labels(node.args[0], scope) if node.args else NO_LABELS
            if given.isdisjoint(OWNER_LABELS):
                what = f"give {name} the caller's id first, and let its body restrict by that: it reads families"
                self.fault(node, what)
        if node.over is not None and any(relation.traits & CALLS for relation in scope.relations):
            parts = node.over.partitionClause or ()
            if not any("call" in self.labels(part, scope) for part in parts):
                self.fault(node, "a window holds rows of different calls: partition it by the call")
        super().call(node, scope)
        return self._labels_of_any(_choices(node), scope)

    def labels(self, expression: Any, scope: Scope, place: int = 0) -> Labels:
        """Labels of an expression, without adding faults; of a subquery, those of the column at a position."""
        faults = len(self.faults)
        match without_casts(expression):
            case ast.ParamRef() | ast.ColumnRef() as name:
                return self.value(name, scope)
            case choice if _choices(choice):
                labels = self.value(choice, scope)
                del self.faults[faults:]
                return labels
            case ast.SubLink(subLinkType=ast.SubLinkType.EXPR_SUBLINK) as subquery:
                result = self.query(subquery.subselect, scope)
                del self.faults[faults:]
                return result.at(place, NO_LABELS) - _CALL
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

    def on_sometimes_grouped(self, found: Found[Relation], scope: Scope) -> None:  # noqa: ARG002
        # An owner's label is of a null too, that of a call isn't.
        found.relation.optional = True
        for columns in (found.relation.columns, found.relation.merged):
            if found.column in columns:
                columns[found.column] &= OWNER_LABELS

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
                target.demands.clear()
                target.implied.clear()
            self.remembered[id(level)] = remembered
            self.read_items(level, items, target)
            del self.remembered[id(level)]
            demanded = [*self.level_demands(where, level), *self.demands_of_use(items, level)]
            for relation in level.relations:
                relation.demands += demanded
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
        remembered = self.remembered[id(scope)]
        if len(scope.relations) < len(remembered):
            relation.columns |= remembered[len(scope.relations)]
        super().add_relation(relation, scope)

    def on_join(self, join: Join[Relation]) -> None:
        demanded = [*self.demands(join.node.quals, join.scope), *using_demands(join)]
        for relation in [*(join.left if not join.keeps_left else ()), *(join.right if not join.keeps_right else ())]:
            relation.demands += demanded
        # Of a full join neither side has to be there.
        if not (join.keeps_left and join.keeps_right):
            (join.right if join.keeps_left else join.left)[0].implied += demanded
        for relation in [*(join.right if join.keeps_left else ()), *(join.left if join.keeps_right else ())]:
            relation.optional = True
            _lose_call(relation)

    def on_subselect(self, item: Any, relation: Relation, outer: Scope) -> None:
        relation.implied += self.existing(item.subquery, outer)

    def demands(self, condition: Any, scope: Scope) -> list[Demand]:
        """Demands of a condition that is true."""
        return demands(condition, scope, self.existing)

    def existing(self, query: Any, outer: Scope, holds: bool | None = None) -> list[Demand]:  # noqa: FBT001
        """Demands that hold where a query has a row, its first column true or false if that is given.

        They tell of the columns around it that it refers to. Of an aggregate over all rows there's always a row.
        """
        if not isinstance(query, ast.SelectStmt) or query.withClause is not None or query.valuesLists:
            return []
        if query.op != ast.SetOperation.SETOP_NONE:
            left, right = (self.existing(each, outer, holds) for each in (query.larg, query.rarg))
            if query.op == ast.SetOperation.SETOP_UNION:
                return one_of([left, right])
            if query.op == ast.SetOperation.SETOP_INTERSECT:
                sides = zip(self._outputs(query.larg, outer), self._outputs(query.rarg, outer), strict=False)
                return [*left, *right, *(Equality(one, other, nulls=True) for one, other in sides)]
            return left
        if may_aggregate(query):
            return []
        faults = len(self.faults)
        level = self.relations(outer, query.fromClause, query.whereClause, None)
        del self.faults[faults:]
        found = self.level_demands(query.whereClause, level)
        if holds is not None:
            found += demands(query.targetList[0].val, level, self.existing, holds=holds)
        return found

    def _outputs(self, query: Any, outer: Scope) -> list[Operand]:
        """What a plain query gives; a `*` would be several columns, and a grouping set has nulls of its own."""
        starred = any(isinstance(node, ast.A_Star) for node in nodes(query.targetList))
        if starred or query.op != ast.SetOperation.SETOP_NONE or query.withClause or query.groupClause:
            return []
        faults = len(self.faults)
        level = self.relations(outer, query.fromClause, query.whereClause, None)
        del self.faults[faults:]
        return [operand(target.val, level) for target in query.targetList or ()]

    def level_demands(self, where: Any, level: Scope) -> list[Demand]:
        """Demands that hold for all rows of a level; a row that is compared in the `where` is there."""
        found = self.demands(where, level)
        there = {id(each) for each in level.relations if not each.optional}
        there |= {
            id(side.column[0])
            for demand in found
            if isinstance(demand, Equality) and not demand.nulls
            for side in (demand.left, demand.right)
            if side.column
        }
        return [*found, *(demand for each in level.relations if id(each) in there for demand in each.implied)]

    def label_columns(self, relation: Relation) -> None:
        """Give a relation's columns the labels that its demands prove."""
        known = label_sets(relation.demands)
        add_labels(known, relation.demands, self.operand_labels)
        for (owner, column), labels in known.items():
            if owner is relation:
                relation.columns[column] |= labels
        if relation.optional:
            # An equality of what is behind the join may have labelled it again.
            _lose_call(relation)
        if relation.is_restricted:
            relation.mark_restricted()

    def operand_labels(self, operand: Operand) -> Labels:
        """Labels of a side of an equality."""
        if operand.labels:
            return operand.labels
        if operand.column is not None:
            relation, column = operand.column
            return relation.columns[column]
        return self.labels(operand.expression, operand.scope, operand.place)


def _lose_call(relation: Relation) -> None:
    """Take the call's label off a relation: where its row is missing, what it has of the call is null."""
    relation.columns = {name: labels - _CALL for name, labels in relation.columns.items()}
    relation.merged = {name: labels - _CALL for name, labels in relation.merged.items()}


def _choices(node: Any) -> Sequence[Any]:
    """Expressions of which a node gives one, or null."""
    match node:
        case ast.CaseExpr(args=branches, defresult=default):
            return [*(branch.result for branch in branches), *([] if default is None else [default])]
        case ast.CoalesceExpr(args=args):
            return list(args)
        case ast.FuncCall(args=[arg], over=None) if function_name(node) in _OF_ONE:
            return [arg]
        case ast.FuncCall(args=[ast.A_ArrayExpr(elements=elements)]) if function_name(node) == "unnest":
            return list(elements or ())
    return ()
