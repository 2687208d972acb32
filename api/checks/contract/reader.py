"""Reads a statement's parse tree for what its columns can hold and where its values go."""

from collections.abc import Mapping, Sequence
from typing import Any

from pglast import ast, enums

from api.checks.contract import expressions, relations, writes
from api.checks.contract.calls import called
from api.checks.contract.conditions import not_null_columns
from api.checks.contract.reading import Reading
from api.checks.contract.values import Columns, Relation, Result, Scope, Value, either
from api.checks.sql import Found
from api.checks.sql.analysis import Join
from api.checks.sql.tree import names_in


class Reader(Reading):
    """Says what the contract knows of each part of a statement, and what it demands."""

    def read(self, tree: Any) -> Columns:
        """Columns of the statement's result."""
        columns = self.query(tree, Scope()).columns
        for node, names, used in self.watched:
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

    def operation(self, node: Any, scope: Scope) -> Value:
        return expressions.operation(self, node, scope)

    def call(self, node: Any, scope: Scope) -> Value:
        return called(self, node, scope)

    def row_of(self, node: Any, result: Result) -> list[Value]:
        return expressions.row_of(node, result)

    # Relations.

    def table(self, node: Any) -> Result:
        return relations.table(self, node)

    def functions(self, item: Any, scope: Scope) -> Result:
        return relations.functions(self, item, scope)

    def version(self, target: Relation, alias: str, *, missing: bool) -> dict[str, Value]:  # noqa: ARG002
        return writes.version(target, missing=missing)

    def joined(self, join: Join[Relation]) -> None:
        relations.joined(join)

    def restricted(self, scope: Scope, where: Any, target: Relation | None) -> None:
        # A row that is written may have other values afterwards.
        if target is None:
            for relation, column in not_null_columns(where, scope):
                relation.take_for_given(column)

    def watch(self, node: Any, columns: Mapping[str, Value], used: set[str]) -> None:
        if isinstance(node, ast.RangeFunction):
            # Of a function those count that are keys of a JSON parameter.
            defined = relations.has_definitions(node)
            columns = {name: value for name, value in columns.items() if defined and value.field}
        self.watched.append((node, list(columns), used))

    def unknown_star(self, node: Any) -> None:
        self.fault(node, "what * stands for isn't known here: name the columns")

    # Writes.

    def excluded(self, target: Relation, given: Mapping[str, Value]) -> dict[str, Value]:
        return {name: value for name, value in target.columns.items() if name in given}

    def added(self, target: Relation, given: Mapping[str, Value], rows: Sequence[Sequence[Any]]) -> None:
        writes.add(self, target, given, rows)

    def changed(self, node: Any, target: Relation) -> None:
        if isinstance(node, ast.UpdateStmt):
            writes.change(self, target, names_in(node.targetList))

    def assigned(self, assignment: Any, target: Relation, value: Value, expression: Any) -> None:
        writes.assign(self, assignment, target, value, expression)

    def written(self, node: Any, target: Relation, others: Sequence[Relation]) -> None:  # noqa: ARG002
        clauses = node.mergeWhenClauses or () if isinstance(node, ast.MergeStmt) else ()
        if any(clause.matchKind == enums.MergeMatchKind.MERGE_WHEN_NOT_MATCHED_BY_SOURCE for clause in clauses):
            for source in others:
                source.make_optional()
