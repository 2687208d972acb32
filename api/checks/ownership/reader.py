"""Checks whose rows a statement reads and writes."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from api.checks.ownership.closure import add_labels, label_sets
from api.checks.ownership.labelling import Labelling
from api.checks.ownership.owned_tables import NO_LABELS, OWNER_PARAMETERS, Labels
from api.checks.ownership.relations import CALLS, Demand, OneOf, Operand, Relation, Result, Scope, without_casts
from api.checks.sql import ast
from api.checks.sql.tree import constant_truth, nodes


class Reader(Labelling):
    """Finds where a statement reaches rows that aren't the caller's, or mixes rows of a batch's calls."""

    def read(self, tree: Any) -> Result:
        """Result of a statement; each table and parameter in it has to have been followed."""
        self.takes_locks = any(isinstance(node, ast.LockingClause) for node in nodes(tree))
        result = self.query(tree, Scope())
        self.add_faults_held_back()
        for node in nodes(tree):
            if isinstance(node, ast.RangeVar) and id(node) not in self.seen:
                self.fault(node, f"{node.relname} can't be followed here: put it into a `from`")
            if isinstance(node, ast.ParamRef) and self.statement.batch and id(node) not in self.seen:
                name = self.statement.parameters[(node.number or 0) - 1]
                self.fault(node, f"holds :{name} of all calls: take it from unnest with ordinality")
        return result

    def on_where(self, scope: Scope, where: Any, target: Relation | None) -> None:  # noqa: ARG002
        for relation in scope.relations:
            if relation.is_restricted:
                continue
            demanded = _demanded(relation)
            if (compared := _compared_owner(where, relation, scope)) is not None:
                self.fault(
                    compared,
                    f"{relation.node.relname} is not restricted to the caller by what compares"
                    f" {compared.fields[-1].sval} here: demand {demanded}, in each branch of an or",
                )
            else:
                renamed = "" if relation.owners else ", and leave the columns their names, by which they're known"
                what = f"{relation.node.relname} is not restricted to the caller: demand {demanded}{renamed}"
                self.fault(relation.node, what)

    def on_select(self, node: Any, scope: Scope, result: Result) -> None:
        """Require of a query over rows of many calls that no call's rows depend on those of another."""
        if not result.traits & CALLS:
            return
        if limit := node.limitCount or node.limitOffset:
            self.fault(limit, "a limit counts rows of all calls: put it into a lateral query, which is of one")
        distinct = [part for part in node.distinctClause or () if part is not None]
        # An unqualified name would mean an output column.
        named = [part for part in distinct if isinstance(part, ast.ColumnRef) and len(part.fields or ()) > 1]
        if distinct and not any("call" in self.labels(part, scope) for part in named):
            self.fault(distinct[0], "distinct on compares rows of different calls: name the call's column as well")

    # Writes.

    def row_version(self, target: Relation, alias: str, *, missing: bool) -> dict[str, Labels]:  # noqa: ARG002
        return dict.fromkeys(target.columns, NO_LABELS)

    def excluded(self, target: Relation, given: Mapping[str, Labels]) -> dict[str, Labels]:  # noqa: ARG002
        return dict(given)

    def on_insert(self, target: Relation, given: Mapping[str, Labels], rows: Sequence[Sequence[Any]]) -> None:  # noqa: ARG002
        """Require that an inserted row is the caller's."""
        owners = {column: label for column, label in target.owners.items() if column in given}
        if target.table is not None and not (owners and all(label in given[name] for name, label in owners.items())):
            self.fault(
                target.node,
                f"a row is added to {target.node.relname} that is not the caller's: give it {_demanded(target)}",
            )

    def on_conflict_update(self, clause: Any, target: Relation, given: Mapping[str, Labels], scope: Scope) -> None:
        keys = [element.name for element in clause.infer.indexElems or ()]
        if target.table is not None:
            key = next((name for name in keys if name in target.owners), None)
            column = target.table.unique.get(clause.infer.conname, key)
            if column is not None:
                target.columns[column] |= given.get(column, NO_LABELS)
            target.demands += self.demands(clause.whereClause, scope)
            self.label_columns(target)
        if not target.is_restricted:
            self.fault(
                target.node,
                f"on conflict changes rows of {target.node.relname} that may not be the caller's:"
                f" demand {_demanded(target)} in its `where`",
            )
        self._require_apart(target, NO_LABELS.union(*(given.get(name or "", NO_LABELS) for name in keys)))

    def on_merge(self, node: Any, target: Relation, source: Scope, scope: Scope) -> None:  # noqa: ARG002
        target.demands += self.demands(node.joinCondition, scope)
        self.label_columns(target)
        if not target.is_restricted and not _is_false(node.joinCondition):
            self.fault(
                target.node,
                f"{target.node.relname} is not restricted to the caller by the merge's `on`:"
                f" demand {_demanded(target)} there",
            )

    def on_merge_when(self, clause: Any, target: Relation, scope: Scope) -> None:
        by_source = clause.matchKind == ast.MergeMatchKind.MERGE_WHEN_NOT_MATCHED_BY_SOURCE
        if not by_source or target.table is None:
            return
        demands = self.demands(clause.condition, scope)
        # What the merge's `on` proves isn't so of these rows.
        known = {key: NO_LABELS if key[0] is target else labels for key, labels in label_sets(demands).items()}
        add_labels(known, demands, self.operand_labels)
        if not any(label in known.get((target, column), NO_LABELS) for column, label in target.owners.items()):
            self.fault(
                target.node,
                f"rows of {target.node.relname} change that the merge's `on` does not restrict:"
                f" demand {_demanded(target)} in its `when not matched by source and …`",
            )

    def on_update(self, node: Any, target: Relation) -> None:  # noqa: ARG002
        self._require_apart(target, self._held(target.demands, target))

    def on_assignment(self, assignment: Any, target: Relation, value: Labels, expression: Any) -> None:  # noqa: ARG002
        """Require that a row keeps its owner."""
        label = target.owners.get(assignment.name)
        if label is not None and label not in value:
            self.fault(
                target.node, f"{target.node.relname}.{assignment.name} is set to what is not the caller's: leave it out"
            )

    def on_write(self, node: Any, target: Relation, others: Sequence[Relation]) -> None:
        if isinstance(node, ast.InsertStmt | ast.MergeStmt):
            target.mark_restricted()
        if isinstance(node, ast.MergeStmt):
            for source in others:
                source.optional = True

    def _held(self, demands: Iterable[Demand], target: Relation) -> Labels:
        """Labels of what a target's columns are equal to."""
        held = NO_LABELS
        for demand in demands:
            if isinstance(demand, OneOf):
                branches = [self._held(branch, target) for branch in demand.branches]
                held |= frozenset.intersection(*branches) if branches else NO_LABELS
                continue
            for one, other in ((demand.left, demand.right), (demand.right, demand.left)):
                if _is_target_column(one, target):
                    held |= self.operand_labels(other)
        return held

    def _require_apart(self, target: Relation, held: Labels) -> None:
        """Require that no two calls of an execution are for the same row, as only one of them would change it."""
        for name in self.statement.apart:
            if f":{name}" not in held:
                self.fault(
                    target.node,
                    f"apart: calls that differ in :{name} can be for one row of {target.node.relname}:"
                    " compare a column of it with that of the call",
                )


def _demanded(relation: Relation) -> str:
    """What would make a relation's rows the caller's, one of these being enough."""
    owners = relation.table.owners if relation.table is not None else {}
    names = {label: parameter for parameter, label in OWNER_PARAMETERS.items()}
    return " or ".join(f"{column} = :{names[label]}" for column, label in owners.items())


def _compared_owner(where: Any, relation: Relation, scope: Scope) -> Any:
    """The first owner column of a relation in a condition, or None."""
    for node in nodes(where):
        found = scope.find(node) if isinstance(node, ast.ColumnRef) else None
        if found is not None and found.relation is relation and found.column in relation.owners:
            return node
    return None


def _is_target_column(operand: Operand, target: Relation) -> bool:
    """Whether a side of an equality is a column of a write's target, known or not."""
    match without_casts(operand.expression):
        case ast.ColumnRef(fields=[ast.String(sval=name), ast.String()]):
            return bool(name == target.alias)
    return False


def _is_false(condition: Any) -> bool:
    return constant_truth(condition) is False
