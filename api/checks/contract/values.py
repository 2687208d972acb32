"""What is known of a value in a statement, and where names are looked up."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace
from pglast import ast


class Document(msgspec.Struct, frozen=True):
    """A parameter, which may be a JSON document, and its declared type."""

    parameter: str
    type: Any


class Value(msgspec.Struct, frozen=True):
    """What is known of a value.

    `nullable` if it may be null; `absent` if it may be so because a document lacks the key, which `field` names with
    its parameter. `names` are those of the columns and parameters that it is passed on from as it is. `type` is that
    of the column of a table or a record that it is, or of its cast. `document` is set for a parameter, `keys` for rows
    and for JSON built of them, `listed` if these are of each element of a list, and `void` for a null that stands
    there. `json` if it may be a jsonb, which may be null in its own way; `holes` if it may be an array with a null.
    """

    nullable: bool = True
    absent: bool = False
    names: frozenset[str] = frozenset()
    type: str | None = None
    field: tuple[str, str] | None = None
    document: Document | None = None
    keys: "Mapping[str, Value] | None" = None
    listed: bool = False
    void: bool = False
    json: bool = True
    holes: bool = False

    @property
    def may_be_null(self) -> bool:
        return self.nullable or self.absent

    def optional(self) -> "Value":
        """The value where its row may be missing."""
        return replace(self, nullable=True)


ANYTHING = Value(holes=True)
SOMETHING = Value(nullable=False, json=False)


NULL = Value(void=True, json=False)
# Keys of JSON's empty list, and that it's a list.
NO_ROWS: Final[tuple[Mapping[str, Value] | None, bool]] = ({}, True)


def all_of(values: Iterable[Value]) -> Value:
    """What is no JSON, and null if one of these is."""
    values = list(values)
    return Value(
        nullable=any(value.nullable for value in values),
        absent=any(value.absent for value in values),
        field=_lacking(values),
        json=False,
    )


def _lacking(values: list[Value]) -> tuple[str, str] | None:
    """The one key whose lack may make one of these null."""
    fields = {value.field for value in values if value.absent}
    return fields.pop() if len(fields) == 1 else None


def either(values: Iterable[Value]) -> Value:
    """What is known of a value that is one of several."""
    values = list(values)
    shapes = [(value.keys, value.listed) for value in values if not value.void]
    # A list without rows, '[]', has the keys of any other.
    told = [shape for shape in shapes if shape != NO_ROWS] or shapes
    alike = told and all(listed == told[0][1] for _, listed in shapes) and all(shape == told[0] for shape in told)
    keys, listed = told[0] if alike else (None, False)
    return Value(
        nullable=any(value.nullable for value in values),
        absent=any(value.absent for value in values),
        names=frozenset().union(*(value.names for value in values)),
        field=_lacking(values),
        keys=keys,
        listed=listed,
        void=not shapes,
        json=any(value.json for value in values),
        holes=any(value.holes for value in values),
    )


def list_of(values: Iterable[Value]) -> Value:
    """An array of these, or a row."""
    values = list(values)
    return Value(
        nullable=False,
        json=any(value.json for value in values),
        holes=any(value.may_be_null or value.holes for value in values),
    )


# Columns of a result, in their order: a name, if there's one, and the value.
Columns = list[tuple[str | None, Value]]


class Cte(msgspec.Struct, eq=False):
    """A query of a `with`, and the columns of it that something refers to."""

    columns: Columns
    used: set[str] = msgspec.field(default_factory=set)


class Relation(msgspec.Struct, eq=False):
    """An item of a `from`, or the target of a write; `hidden` if its columns need its name before them.

    `used` are the columns that something refers to. `unknown` if there may be others; `merged` are those that a join's
    `using` made one of two.
    """

    alias: str | None
    columns: dict[str, Value]
    nullable: bool = False
    hidden: bool = False
    unknown: bool = False
    merged: set[str] = msgspec.field(default_factory=set)
    used: set[str] = msgspec.field(default_factory=set)

    def make_optional(self) -> None:
        """Take its rows for missing at times, as on the far side of an outer join."""
        self.nullable = True
        self.columns = {name: value.optional() for name, value in self.columns.items()}


class Scope(msgspec.Struct, eq=False):
    """Relations of one level of a query, its CTEs, and the level around it."""

    relations: list[Relation] = msgspec.field(default_factory=list)
    outer: "Scope | None" = None
    ctes: dict[str, Cte] = msgspec.field(default_factory=dict)
    # Whether every group has rows: what an aggregate makes of them isn't of none then.
    grouped: bool = False

    def cte(self, name: str) -> Cte | None:
        """The nearest CTE of a name."""
        found = self.ctes.get(name)
        return found if found is not None or self.outer is None else self.outer.cte(name)

    def levels(self) -> Iterator["Scope"]:
        level: Scope | None = self
        while level is not None:
            yield level
            level = level.outer

    def find(self, reference: Any) -> tuple[Relation, str | None] | None:
        """The relation that a reference is about, and the column, if it's not about a whole row."""
        names = [field.sval or "" for field in reference.fields if isinstance(field, ast.String)]
        if len(names) == 2:
            relation = self.relation(names[0])
            return (relation, names[1]) if relation is not None and names[1] in relation.columns else None
        for level in self.levels():
            for relation in level.relations:
                if not relation.hidden and names[0] in relation.columns:
                    return relation, names[0]
            if any(relation.unknown for relation in level.relations):
                return next(((relation, None) for relation in level.relations if relation.alias == names[0]), None)
        relation = self.relation(names[0])
        return (relation, None) if relation is not None else None

    def relation(self, alias: str) -> Relation | None:
        """The nearest relation of a name."""
        for level in self.levels():
            for relation in level.relations:
                if relation.alias == alias:
                    return relation
        return None


def function_name(call: Any) -> str:
    """Name of the function that a node calls, without its schema; empty for what is no call."""
    return [part.sval for part in call.funcname or ()][-1] if isinstance(call, ast.FuncCall) else ""
