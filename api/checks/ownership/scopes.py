"""What names mean in a statement: the relations of each level of a query, and the columns they are known to have."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from pglast import ast

from api.checks.ownership.owned_tables import NOTHING, Labels, OwnedTable


class Column(msgspec.Struct, frozen=True):
    """A column of a query's result, with its labels."""

    name: str | None
    labels: Labels


class Result(msgspec.Struct, frozen=True):
    """Columns of a query; `positional` if each stands where the result has it, which `*` prevents.

    `calls` if its rows are of many calls of a batch.
    """

    columns: tuple[Column, ...] = ()
    positional: bool = True
    calls: bool = False

    def named(self, names: Iterable[str]) -> "Result":
        """The columns as an alias renames the first of them."""
        names = list(names)
        if names and not self.positional:
            return Result((), positional=False, calls=self.calls)
        renamed = [Column(name, column.labels) for name, column in zip(names, self.columns, strict=False)]
        return Result((*renamed, *self.columns[len(renamed) :]), self.positional, self.calls)

    def common(self, other: "Result") -> "Result":
        """What two queries' rows have in common, under the names of the first."""
        positional = self.positional and other.positional and len(self.columns) == len(other.columns)
        columns = tuple(
            Column(column.name, column.labels & other.at(position) if positional else NOTHING)
            for position, column in enumerate(self.columns)
        )
        return Result(columns, positional, calls=self.calls or other.calls)

    def at(self, position: int) -> Labels:
        """Labels of the column at a position, from 0."""
        return self.columns[position].labels if self.positional and position < len(self.columns) else NOTHING


class Operand(msgspec.Struct, frozen=True):
    """An expression and the level that its names are looked up in; of a subquery, the column at a position."""

    expression: Any
    scope: "Scope"
    position: int = 0


Equality = tuple[Operand, Operand]


class Relation(msgspec.Struct, eq=False):
    """An item of a `from`, or the target of a write.

    `columns` are those that are known to be there, `complete` if there's no other. `equalities` hold for each of its
    rows that reach the result. `table` and `node` are set where it is an owned table.
    """

    alias: str | None
    columns: dict[str, Labels]
    complete: bool = False
    calls: bool = False
    table: OwnedTable | None = None
    node: Any = None
    equalities: list[Equality] = msgspec.field(default_factory=list)

    @property
    def is_bound(self) -> bool:
        """Whether its rows are the caller's."""
        return self.table is None or any(
            label in self.columns.get(column, NOTHING) for column, label in self.table.owners.items()
        )

    def bind(self) -> None:
        """Take its rows for the caller's."""
        if self.table is not None:
            self.columns |= {column: frozenset({label}) for column, label in self.table.owners.items()}


class Scope(msgspec.Struct, eq=False):
    """Relations of one level, the merged columns of its `using`, its CTEs, and the level around it."""

    relations: list[Relation] = msgspec.field(default_factory=list)
    outer: "Scope | None" = None
    ctes: Mapping[str, Result] = msgspec.field(default_factory=dict)
    merged: set[str] = msgspec.field(default_factory=set)

    def cte(self, name: str) -> Result | None:
        """The nearest CTE of a name."""
        if name in self.ctes:
            return self.ctes[name]
        return self.outer.cte(name) if self.outer else None

    def calls(self) -> int:
        """How many relations in sight have rows of many calls."""
        return sum(relation.calls for relation in self.relations) + (self.outer.calls() if self.outer else 0)

    def resolve(self, reference: Any) -> tuple[Relation, str] | None:
        """The column that a reference names, if that is certain."""
        names = [field.sval for field in reference.fields if isinstance(field, ast.String)]
        if len(names) < len(reference.fields) or len(names) > 2:
            return None
        return self.qualified(names[0] or "", names[1] or "") if len(names) == 2 else self.unqualified(names[0] or "")

    def qualified(self, alias: str, column: str) -> tuple[Relation, str] | None:
        """What `alias.column` names."""
        for relation in self.relations:
            if relation.alias == alias:
                return (relation, column) if column in relation.columns else None
        return self.outer.qualified(alias, column) if self.outer else None

    def unqualified(self, column: str) -> tuple[Relation, str] | None:
        """What a column's name alone names."""
        found = [relation for relation in self.relations if column in relation.columns]
        if len(found) == 1 and column not in self.merged:
            return found[0], column
        # It may be one of those whose columns aren't known, and then it isn't an outer one.
        if found or column in self.merged or not all(relation.complete for relation in self.relations):
            return None
        return self.outer.unqualified(column) if self.outer else None


def relation_of(result: Result, alias: Any) -> Relation:
    """A subquery or a CTE as an item of a `from`."""
    names = [name.sval for name in (alias.colnames or ())] if alias else []
    result = result.named(names)
    columns: dict[str, Labels] = {}
    for column in result.columns:
        if column.name is not None:
            columns[column.name] = columns.get(column.name, column.labels) & column.labels
    complete = result.positional and all(column.name is not None for column in result.columns)
    return Relation(alias.aliasname if alias else None, columns, complete=complete, calls=result.calls)


def parts(node: Any) -> Iterator[Any]:
    """What a node of the parse tree, or a list in one, is made of."""
    if isinstance(node, tuple | list):
        yield from node
    elif isinstance(node, ast.Node):
        for name in type(node).__slots__:  # type: ignore[attr-defined]
            yield getattr(node, name, None)


def uncast(expression: Any) -> Any:
    """An expression without its casts to bigint, which change no key."""
    match expression:
        case ast.TypeCast(arg=arg, typeName=ast.TypeName(names=[*_, ast.String(sval="int8")], arrayBounds=None)):
            return uncast(arg)
    return expression
