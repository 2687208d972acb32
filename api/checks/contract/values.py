"""Abstract values and relations of the contract: what is known of those in a statement."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from api.checks import sql


class Document(msgspec.Struct, frozen=True):
    """A parameter, which may be a JSON document, and its declared type."""

    parameter: str
    type: Any


class Value(msgspec.Struct, frozen=True):
    """An abstract value: what is known of a value in a statement."""

    # It may be null.
    nullable: bool = True
    # It may be null because a document lacks the key in `field`.
    absent: bool = False
    # Names of the columns and parameters that it is an unchanged copy of.
    names: frozenset[str] = frozenset()
    # The type of its cast or column.
    type: str | None = None
    # The parameter and the key that it was read from.
    field: tuple[str, str] | None = None
    # The parameter, if it is one.
    document: Document | None = None
    # Values by key, if it is a row or JSON built of rows; if `listed`, those of each element.
    keys: "Mapping[str, Value] | None" = None
    listed: bool = False
    # It is the constant null.
    constant_null: bool = False
    # It may be JSON, whose null isn't SQL NULL.
    json: bool = True
    # It may be an array with null elements.
    null_elements: bool = False

    @property
    def may_be_null(self) -> bool:
        return self.nullable or self.absent

    def as_nullable(self) -> "Value":
        """The value if its row may be missing."""
        return replace(self, nullable=True)


UNKNOWN = Value(null_elements=True)
NOT_NULL = Value(nullable=False, json=False)
NULL = Value(constant_null=True, json=False)
# `keys` and `listed` of JSON's empty list.
NO_ROWS: Final[tuple[Mapping[str, Value] | None, bool]] = ({}, True)


def null_if_any(values: Iterable[Value]) -> Value:
    """A value other than JSON that is null if one of the given values is."""
    values = list(values)
    return Value(
        nullable=any(value.nullable for value in values),
        absent=any(value.absent for value in values),
        field=_absent_field(values),
        json=False,
    )


def _absent_field(values: list[Value]) -> tuple[str, str] | None:
    """The parameter and key whose absence may make one of the values null, if there is only one."""
    fields = {value.field for value in values if value.absent}
    return fields.pop() if len(fields) == 1 else None


def either(values: Iterable[Value]) -> Value:
    """Abstract value of one of several values."""
    values = list(values)
    layouts = [(value.keys, value.listed) for value in values if not value.constant_null]
    # An empty list, '[]', goes with the keys of any other list.
    told = [layout for layout in layouts if layout != NO_ROWS] or layouts
    alike = told and all(listed == told[0][1] for _, listed in layouts) and all(layout == told[0] for layout in told)
    keys, listed = told[0] if alike else (None, False)
    return Value(
        nullable=any(value.nullable for value in values),
        absent=any(value.absent for value in values),
        names=frozenset().union(*(value.names for value in values)),
        field=_absent_field(values),
        keys=keys,
        listed=listed,
        constant_null=not layouts,
        json=any(value.json for value in values),
        null_elements=any(value.null_elements for value in values),
    )


def list_of(values: Iterable[Value]) -> Value:
    """An array or a row of the given values."""
    values = list(values)
    return Value(
        nullable=False,
        json=any(value.json for value in values),
        null_elements=any(value.may_be_null or value.null_elements for value in values),
    )


class Relation(sql.Relation[Value], eq=False):
    """A relation; its rows may be missing if `nullable`, as on the optional side of an outer join.

    `present` are its columns in the rows that are there, `grouped` those that are null only in rows of grouping sets
    which lack them.
    """

    nullable: bool = False
    present: dict[str, Value] | None = None
    grouped: set[str] = msgspec.field(default_factory=set)

    def mark_nullable(self) -> None:
        """Note that its rows may be missing."""
        self.nullable = True
        self.present = self.present or self.columns
        self.columns = {name: value.as_nullable() for name, value in self.columns.items()}
        self.merged = {name: value.as_nullable() for name, value in self.merged.items()}

    def mark_not_null(self, column: str) -> None:
        """Note that a column is never null."""
        for columns in (self.columns, self.present):
            if columns is not None:
                columns[column] = replace(columns[column], nullable=False, absent=False)


Columns = Sequence[sql.Column[Value]]
Result = sql.Result[Value]
Scope = sql.Scope[Relation]
