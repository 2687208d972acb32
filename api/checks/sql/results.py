"""Reads what a query gives: its target list, names of columns, and two queries of a set operation."""

from collections.abc import Iterable
from typing import Any

from api.checks.sql.expressions import Expressions
from api.checks.sql.scopes import Column, RelationT, Result, Scope, ValueT
from api.checks.sql.tree import is_star, names_in, output_name


class Results(Expressions[ValueT, RelationT]):
    """The part of the reader that makes results."""

    def output(self, targets: Iterable[Any] | None, scope: Scope[RelationT]) -> Result[ValueT]:
        """Columns of a target list or of a `returning`."""
        columns: list[Column[ValueT]] = []
        known = True
        for target in targets or ():
            if is_star(target.val):
                found, all_known = self._all(target.val.fields[:-1], scope)
                columns += found
                known = known and all_known
                if not all_known:
                    self.unknown_star(target)
                continue
            value = self.value(target.val, scope)
            if target.name:
                self.passed_on(value, target.name, target)
            columns.append(Column(target.name or output_name(target.val), value))
        return Result(tuple(columns), known, frozenset().union(*(each.traits for each in scope.relations)))

    def _all(self, qualifier: tuple[Any, ...], scope: Scope[RelationT]) -> tuple[list[Column[ValueT]], bool]:
        """Columns that a `*` stands for, and whether it's known that it stands for these and no others."""
        named = scope.relation(qualifier[-1].sval) if qualifier else None
        found = [named] if named else [each for each in scope.relations if not (qualifier or each.hidden)]
        for relation in found:
            relation.used.update(relation.columns)
        columns = [Column(name, value) for relation in found for name, value in relation.columns.items()]
        # A column that a `using` merged comes once, and before all others.
        known = bool(found) and all(each.complete and (named or not each.merged) for each in found)
        return columns, known

    def named(self, result: Result[ValueT], alias: Any, node: Any) -> Result[ValueT]:
        """Columns under the names that an alias lists."""
        names = names_in(alias.colnames) if alias is not None else []
        if result.known:
            for name, column in zip(names, result.columns, strict=False):
                self.passed_on(column.value, name, node)
        return result.named(names, self.anything)

    def both(self, node: Any, left: Result[ValueT], right: Result[ValueT]) -> Result[ValueT]:
        """What is known of the rows of two queries, under the names of the first."""
        known = left.known and right.known and len(left.columns) == len(right.columns)
        columns = []
        for place, (name, value) in enumerate(left.columns):
            other = right.at(place, self.anything)
            if known and name:
                self.passed_on(other, name, node.rarg)
            columns.append(Column(name, self.either([value, other]) if known else self.anything))
        return Result(tuple(columns), known, left.traits | right.traits)
