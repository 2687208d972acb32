"""Reads the results of queries: target lists, column aliases and set operations."""

from collections.abc import Iterable
from typing import Any

from api.checks.sql import ast
from api.checks.sql.expressions import Expressions
from api.checks.sql.scopes import Column, RelationT, Result, Scope, ValueT
from api.checks.sql.tree import is_star, names_in, output_name


class Results(Expressions[ValueT, RelationT]):
    """The part of the reader that reads results."""

    def output(self, targets: Iterable[Any] | None, scope: Scope[RelationT]) -> Result[ValueT]:
        """Columns of a target list or of a `returning`."""
        columns: list[Column[ValueT]] = []
        known = True
        for target in targets or ():
            if is_star(target.val):
                found, all_known = self._star(target.val.fields[:-1], scope)
                columns += found
                known = known and all_known
                if not all_known:
                    self.on_unknown_star(target)
                continue
            value = self.value(target.val, scope)
            if target.name:
                self.on_name(value, target.name, target)
            columns.append(Column(target.name or output_name(target.val), value))
        return Result(tuple(columns), known, frozenset().union(*(each.traits for each in scope.relations)))

    def _star(self, qualifier: tuple[Any, ...], scope: Scope[RelationT]) -> tuple[list[Column[ValueT]], bool]:
        """The known columns of a `*`, and whether these are all of them, in this order."""
        named = scope.relation(qualifier[-1].sval) if qualifier else None
        found = [named] if named else [each for each in scope.relations if not (qualifier or each.hidden)]
        for relation in found:
            relation.used.update(relation.columns)
        columns = [Column(name, value) for relation in found for name, value in relation.columns.items()]
        # `*` gives a column that a `using` merged once, and first.
        known = bool(found) and all(each.complete and (named or not (each.merged or each.shadowed)) for each in found)
        return columns, known

    def rename_columns(self, result: Result[ValueT], alias: Any, node: Any) -> Result[ValueT]:
        """A result with its columns renamed by the list of an alias."""
        names = names_in(alias.colnames) if alias is not None else []
        if result.known:
            for name, column in zip(names, result.columns, strict=False):
                self.on_name(column.value, name, node)
        return result.renamed(names, self.unknown)

    def set_operation(self, node: Any, left: Result[ValueT], right: Result[ValueT]) -> Result[ValueT]:
        """Result of a set operation, which has the column names of its first query."""
        known = left.known and right.known and len(left.columns) == len(right.columns)
        columns = []
        for place, (name, value) in enumerate(left.columns):
            other = right.at(place, self.unknown)
            if known and name:
                self.on_name(other, name, node.rarg)
            columns.append(Column(name, self._of_both_queries(node.op, value, other) if known else self.unknown))
        return Result(tuple(columns), known, left.traits | right.traits)

    def _of_both_queries(self, op: Any, value: ValueT, other: ValueT) -> ValueT:
        """Abstract value of a set operation's column: of either query, of both, or only of the first."""
        match op:
            case ast.SetOperation.SETOP_INTERSECT:
                return self.both(value, other)
            case ast.SetOperation.SETOP_EXCEPT:
                return value
        return self.either([value, other])
