"""What is known of a value in a statement, and of the rows that it stands in."""

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
    """What is known of a value."""

    # It may be null.
    nullable: bool = True
    # It may be null because a document lacks the key that `field` names.
    absent: bool = False
    # Columns and parameters that it is passed on from as it is.
    names: frozenset[str] = frozenset()
    # The type of its cast, or of the column of a table or a record that it is.
    type: str | None = None
    # The parameter and the key that it was read from.
    field: tuple[str, str] | None = None
    # The parameter that it is.
    document: Document | None = None
    # Values by key of a row, or of JSON that is built of rows: of each element, where that is `listed`.
    keys: "Mapping[str, Value] | None" = None
    listed: bool = False
    # It is the constant null.
    void: bool = False
    # It may be a jsonb, whose own null isn't SQL's.
    json: bool = True
    # It may be an array with a null in it.
    holes: bool = False

    @property
    def may_be_null(self) -> bool:
        return self.nullable or self.absent

    def optional(self) -> "Value":
        """The value where its row may be missing."""
        return replace(self, nullable=True)


# A value of which nothing is known, one that is never null, and the constant null.
ANYTHING = Value(holes=True)
SOMETHING = Value(nullable=False, json=False)
NULL = Value(void=True, json=False)
# `keys` and `listed` of JSON's empty list.
NO_ROWS: Final[tuple[Mapping[str, Value] | None, bool]] = ({}, True)


def all_of(values: Iterable[Value]) -> Value:
    """What is known of a value that isn't JSON, and is null if one of these values is."""
    values = list(values)
    return Value(
        nullable=any(value.nullable for value in values),
        absent=any(value.absent for value in values),
        field=_lacking(values),
        json=False,
    )


def _lacking(values: list[Value]) -> tuple[str, str] | None:
    """The parameter and key whose absence may make one of these null, if it is always the same."""
    fields = {value.field for value in values if value.absent}
    return fields.pop() if len(fields) == 1 else None


def either(values: Iterable[Value]) -> Value:
    """What is known of a value that is one of several."""
    values = list(values)
    layouts = [(value.keys, value.listed) for value in values if not value.void]
    # A list without rows, '[]', has the keys of any other.
    told = [layout for layout in layouts if layout != NO_ROWS] or layouts
    alike = told and all(listed == told[0][1] for _, listed in layouts) and all(layout == told[0] for layout in told)
    keys, listed = told[0] if alike else (None, False)
    return Value(
        nullable=any(value.nullable for value in values),
        absent=any(value.absent for value in values),
        names=frozenset().union(*(value.names for value in values)),
        field=_lacking(values),
        keys=keys,
        listed=listed,
        void=not layouts,
        json=any(value.json for value in values),
        holes=any(value.holes for value in values),
    )


def list_of(values: Iterable[Value]) -> Value:
    """What is known of an array or a row of these values."""
    values = list(values)
    return Value(
        nullable=False,
        json=any(value.json for value in values),
        holes=any(value.may_be_null or value.holes for value in values),
    )


class Relation(sql.Relation[Value], eq=False):
    """A relation, whose rows may be missing where it's `nullable`, as on the far side of an outer join."""

    nullable: bool = False

    def make_optional(self) -> None:
        """Take its rows for missing at times."""
        self.nullable = True
        self.columns = {name: value.optional() for name, value in self.columns.items()}

    def take_for_given(self, column: str) -> None:
        """Take a column for something in all rows."""
        self.columns[column] = replace(self.columns[column], nullable=False, absent=False)


Columns = Sequence[sql.Column[Value]]
Result = sql.Result[Value]
Scope = sql.Scope[Relation]
