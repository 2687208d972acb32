"""Scopes, which resolve names: the relations of each query level, and their known columns."""

from collections.abc import Callable, Iterator
from typing import Any, Final, Generic, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from api.checks.sql import ast
from api.checks.sql.tree import is_star

# Columns that each table has, and that `*` doesn't give.
_SYSTEM_COLUMNS: Final = frozenset({"cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"})

ValueT = TypeVar("ValueT")


class Column(NamedTuple, Generic[ValueT]):
    """A column of a result: its name, if known, and what is known of its value."""

    name: str | None
    value: ValueT


class Result(msgspec.Struct, Generic[ValueT], frozen=True):
    """Columns of a query's result; `known` if these are all of them, in their order.

    `traits` are facts of an analysis about the rows as a whole; a query inherits them from all relations that it reads.
    """

    columns: tuple[Column[ValueT], ...] = ()
    known: bool = True
    traits: frozenset[str] = frozenset()

    def at(self, place: int, otherwise: ValueT) -> ValueT:
        """The value of the column at a position, from 0; `otherwise` if it isn't known."""
        return self.columns[place].value if self.known and place < len(self.columns) else otherwise

    def renamed(self, names: list[str], otherwise: ValueT) -> "Result[ValueT]":
        """The result with its first columns renamed."""
        if names and not self.known:
            return replace(self, columns=tuple(Column(name, otherwise) for name in names))
        renamed = [Column(name, column.value) for name, column in zip(names, self.columns, strict=False)]
        return replace(self, columns=(*renamed, *self.columns[len(renamed) :]))


class Relation(msgspec.Struct, Generic[ValueT], eq=False):
    """An item of a `from`, or the target of a write; `alias` is empty if it has no name.

    `columns` are the known ones, all of them if `complete`. Columns of a `hidden` relation have to be written with the
    alias, and so have those that are `shadowed`: by a `using`, their name alone means the column of the other side.
    `merged` are values of such names that mean either side's column, by a full join. `used` are the columns that
    something refers to. `node` is the part of the statement that the relation comes from.
    """

    alias: str
    columns: dict[str, ValueT]
    complete: bool = True
    traits: frozenset[str] = frozenset()
    node: Any = None
    hidden: bool = False
    shadowed: set[str] = msgspec.field(default_factory=set)
    merged: dict[str, ValueT] = msgspec.field(default_factory=dict)
    used: set[str] = msgspec.field(default_factory=set)


RelationT = TypeVar("RelationT", bound=Relation[Any])


class Cte(msgspec.Struct, Generic[ValueT], eq=False):
    """A CTE's result, and its columns that something refers to.

    `read` reads its query where it is defined, unless it's recursive. `query` is that of one that isn't materialized.
    """

    result: Result[ValueT]
    used: set[str] = msgspec.field(default_factory=set)
    query: Any = None
    read: Callable[[], Result[ValueT]] = Result


class Found(NamedTuple, Generic[RelationT]):
    """What a reference resolves to: a column, or a whole row if `column` is None.

    `certain` if no other relation of the level has a column of that name, and no full join merged it.
    """

    relation: RelationT
    column: str | None
    certain: bool = True


class Scope(msgspec.Struct, Generic[RelationT], eq=False):
    """Relations and CTEs of one query level, and the level around it.

    `grouped` if no group of the level is empty, as by a `group by`: its aggregates have at least one row. `windows` are
    those of its `window`.
    """

    relations: list[RelationT] = msgspec.field(default_factory=list)
    outer: "Scope[RelationT] | None" = None
    ctes: dict[str, Cte[Any]] = msgspec.field(default_factory=dict)
    grouped: bool = False
    windows: tuple[Any, ...] = ()

    def levels(self) -> Iterator["Scope[RelationT]"]:
        """The level and those around it, the innermost first."""
        level: Scope[RelationT] | None = self
        while level is not None:
            yield level
            level = level.outer

    def cte(self, name: str) -> Cte[Any] | None:
        """The nearest CTE of a name."""
        return next((level.ctes[name] for level in self.levels() if name in level.ctes), None)

    def relation(self, alias: str, *, by_schema: bool = False) -> RelationT | None:
        """The nearest relation of a name; behind that of a schema, an alias isn't one."""
        for level in self.levels():
            for relation in level.relations:
                if relation.alias == alias and not (by_schema and getattr(relation.node, "alias", None) is not None):
                    return relation
        return None

    def find(self, reference: Any) -> Found[RelationT] | None:
        """What a reference resolves to, or None if that isn't known for certain."""
        if is_star(reference) or len(reference.fields) > 3:
            return None
        # A table's name may stand behind that of its schema.
        *qualifier, last = reference.fields[-2:]
        name = str(last.sval)
        if not qualifier:
            return self._unqualified(name)
        relation = self.relation(qualifier[0].sval, by_schema=len(reference.fields) > 2)
        return Found(relation, name) if relation is not None and name in relation.columns else None

    def with_system_column(self, reference: Any) -> RelationT | None:
        """The table whose system column a reference means that `find` doesn't know; None if that isn't certain."""
        *qualifier, last = reference.fields[-2:]
        if last.sval not in _SYSTEM_COLUMNS:
            return None
        if qualifier:
            relation = self.relation(qualifier[0].sval, by_schema=len(reference.fields) > 2)
        else:
            named = ([each for each in level.relations if not each.hidden] for level in self.levels())
            nearest = next(filter(None, named), [])
            relation = nearest[0] if len(nearest) == 1 else None
        return relation if relation is not None and isinstance(relation.node, ast.RangeVar) else None

    def _unqualified(self, name: str) -> Found[RelationT] | None:
        for level in self.levels():
            having = [
                each
                for each in level.relations
                if not each.hidden and name in each.columns and name not in each.shadowed
            ]
            if having:
                return Found(having[0], name, certain=len(having) == 1 and name not in having[0].merged)
            if not all(each.complete for each in level.relations):
                # An incomplete relation may have the column, so the outer levels aren't searched.
                return next((Found(each, None) for each in level.relations if each.alias == name), None)
        relation = self.relation(name)
        return Found(relation, None) if relation is not None else None
