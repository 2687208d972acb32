"""Reads what a statement's columns can hold and where its values go."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from api.checks.contract import expressions, relations, writes
from api.checks.contract.calls import call_value
from api.checks.contract.conditions import not_null_columns
from api.checks.contract.json_functions import json_column
from api.checks.contract.kept import check_kept
from api.checks.contract.reading import Reading
from api.checks.contract.values import Columns, Relation, Result, Scope, Value, either
from api.checks.sql import Found, ast
from api.checks.sql.analysis import Join
from api.checks.sql.tree import names_in


class Reader(Reading):
    """The analysis of the contract."""

    def read(self, tree: Any) -> Columns:
        """Columns of the statement's result."""
        columns = self.query(tree, Scope()).columns
        for node, names, used in self.derived_columns:
            for name in names:
                if name not in used:
                    self.fault(node, f"column {name} goes nowhere: use it, or leave it out")
        return columns

    # Values.

    def parameter(self, node: Any) -> Value:
        return expressions.parameter(self, node)

    def column(self, found: Found[Relation]) -> Value:
        return expressions.column(self, found)

    def subquery(self, node: Any, result: Result) -> Value:
        return expressions.subquery(node, result)

    def either(self, values: Sequence[Value]) -> Value:
        return either(values)

    def both(self, one: Value, other: Value) -> Value:
        may_be_null = one.may_be_null and other.may_be_null
        return replace(either([one, other]), nullable=may_be_null, absent=False)

    def operation(self, node: Any, scope: Scope) -> Value:
        return expressions.operation(self, node, scope)

    def call(self, node: Any, scope: Scope) -> Value:
        return call_value(self, node, scope)

    def row_of(self, node: Any, result: Result) -> list[Value]:
        return expressions.row_of(node, result)

    # Relations.

    def table(self, node: Any) -> Result:
        return relations.table(self, node)

    def system_column(self, relation: Relation) -> Value:
        return relations.system_column(self, relation)

    def functions(self, item: Any, scope: Scope) -> Result:
        return relations.functions(self, item, scope)

    def json_column(self, column: Any, *, nested: bool) -> Value:
        return json_column(self, column, nested=nested)

    def row_version(self, target: Relation, alias: str, *, missing: bool) -> dict[str, Value]:  # noqa: ARG002
        return writes.row_version(target, missing=missing)

    def on_join(self, join: Join[Relation]) -> None:
        self.full_joins.add(join)
        relations.on_join(join)

    def on_where(self, scope: Scope, where: Any, target: Relation | None) -> None:
        for relation, column in not_null_columns(where, scope):
            if relation is target:
                # A write may change the value, which isn't null before.
                self.not_null |= {(relation, column)}
            else:
                relation.mark_not_null(column)

    def on_sometimes_grouped(self, found: Found[Relation], scope: Scope) -> None:
        # A row of a level around this one may still be missing there.
        if found.relation in scope.relations and not found.relation.columns[found.column or ""].may_be_null:
            found.relation.grouped.add(found.column or "")
        self.full_joins.forget(found.relation)
        for columns in (found.relation.columns, found.relation.merged):
            if found.column in columns:
                columns[found.column] = columns[found.column].as_nullable()

    def on_derived_columns(self, node: Any, columns: Mapping[str, Value], used: set[str]) -> None:
        if isinstance(node, ast.RangeFunction):
            # Of a function's columns only the keys of a JSON parameter and the elements of parameters have to be used.
            defined = relations.has_definitions(node)
            taken = relations.unnests_parameters(node)
            columns = {name: value for name, value in columns.items() if taken or (defined and value.field)}
        self.derived_columns.append((node, list(columns), used))

    def on_unknown_star(self, node: Any) -> None:
        self.fault(node, "what * stands for isn't known here: name the columns")

    # Writes.

    def excluded(self, target: Relation, given: Mapping[str, Value]) -> dict[str, Value]:
        return {name: value for name, value in target.columns.items() if name in given}

    def on_insert(self, target: Relation, given: Mapping[str, Value], rows: Sequence[Sequence[Any]]) -> None:
        writes.check_insert(self, target, given, rows)

    def on_conflict_update(self, clause: Any, target: Relation, *_: object) -> None:
        writes.check_update(self, target, names_in(clause.targetList))

    def on_update(self, node: Any, target: Relation) -> None:
        if isinstance(node, ast.UpdateStmt):
            writes.check_update(self, target, names_in(node.targetList))

    def on_assignment(self, assignment: Any, target: Relation, value: Value, expression: Any) -> None:
        writes.check_assignment(self, assignment, target, value, expression)
        check_kept(self, assignment, target, expression)

    def on_write(self, node: Any, target: Relation, others: Sequence[Relation]) -> None:
        self.not_null = frozenset(each for each in self.not_null if each[0] is not target)
        clauses = node.mergeWhenClauses or () if isinstance(node, ast.MergeStmt) else ()
        if any(clause.matchKind == ast.MergeMatchKind.MERGE_WHEN_NOT_MATCHED_BY_SOURCE for clause in clauses):
            for source in others:
                source.mark_nullable()
                self.full_joins.forget(source)
