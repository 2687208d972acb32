"""Compares PostgreSQL types with Python type hints."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin
from uuid import UUID

import msgspec
from asyncpg import Range
from msgspec import UnsetType

from api.checks.sql.types import JSON_TYPES, PLAIN_TYPES
from api.database.query import is_struct

_SCALARS: Final[Mapping[type, frozenset[str]]] = {
    bool: frozenset({"bool"}),
    int: frozenset({"int2", "int4", "int8"}),
    float: frozenset({"float4", "float8"}),
    # Addresses are texts by their codecs.
    str: frozenset({"text", "varchar", "bpchar", "inet", "cidr"}),
    bytes: frozenset({"bytea"}),
    datetime: frozenset({"timestamptz"}),
    date: frozenset({"date"}),
    time: frozenset({"time"}),
    timedelta: frozenset({"interval"}),
    Decimal: frozenset({"numeric"}),
    UUID: frozenset({"uuid"}),
    Range: frozenset({"daterange", "int4range", "int8range", "numrange", "tsrange", "tstzrange"}),
}
# What a document has otherwise than a column, by whether the document is given or built, and what to write there.
_IN_DOCUMENTS: Final[Mapping[tuple[str, bool], str]] = {
    ("numeric", True): "a number that may lose its digits in JSON: cast it to text, as Decimal is sent",
    ("interval", True): "a text of PostgreSQL's in JSON: give `extract(epoch from …)` for seconds",
    ("bytea", True): "hexadecimal in JSON: give `encode(…, 'base64')`, which is a text",
    ("bytea", False): "hexadecimal in JSON: read a text, and `decode(…, 'base64')` it",
}


class Declared(msgspec.Struct, frozen=True):
    """A declared type without None and UNSET, and the `content` type of a JSON document."""

    type: Any
    nullable: bool
    absent: bool
    content: Any = None

    def __str__(self) -> str:
        name = getattr(self.type, "__name__", str(self.type)) if get_origin(self.type) is None else str(self.type)
        return name.replace("typing.", "") + (" | None" if self.nullable else "")


def parse_hint(hint: Any) -> Declared:
    """Parse a type hint; `Annotated[msgspec.Raw, TYPE]` is JSON that decodes as TYPE."""
    nullable = absent = False
    content = None
    rest = [hint]
    while len(rest) == 1:
        [hint] = rest
        if get_origin(hint) is Annotated:
            hint, *metadata = get_args(hint)
            content = next((each for each in metadata if get_origin(each) is list or is_struct(each)), content)
            rest = [hint]
        elif get_origin(hint) in {Union, UnionType}:
            parts = get_args(hint)
            nullable = nullable or NoneType in parts
            absent = absent or UnsetType in parts
            rest = [part for part in parts if part not in {NoneType, UnsetType}]
            hint = rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007
        else:
            break
    return Declared(hint, nullable, absent, content)


def type_mismatch(  # noqa: PLR0911
    name: str, hint: Any, enums: Mapping[str, tuple[str, ...]], *, gives: bool, in_document: bool = False
) -> str | None:
    """Description of a PostgreSQL type that a type hint doesn't match, or None if it does; None and UNSET aside.

    `gives` if the value comes from PostgreSQL: then the hint has to have every label of an enum. `in_document` if the
    value is in JSON, which a statement builds or takes apart.
    """
    python = parse_hint(hint).type
    if in_document and python is not float and (name, gives) in _IN_DOCUMENTS:
        return _IN_DOCUMENTS[name, gives]
    name = _read_as(name, python, in_document=in_document and gives)
    if name in enums:
        labels = enums[name]
        literal = get_args(python) if get_origin(python) is Literal else None
        if literal is not None and (set(literal) == set(labels) if gives else set(literal) <= set(labels)):
            return None
        return f"one of {', '.join(labels)}"
    if name.endswith("[]"):
        element = get_args(python)[0] if get_origin(python) is list else None
        if element is None:
            return f"a list of {name.removesuffix('[]')}"
        return type_mismatch(name.removesuffix("[]"), element, enums, gives=gives, in_document=in_document)
    if name in JSON_TYPES:
        plain = get_origin(python) or python
        return None if plain in {msgspec.Raw, dict, list, Any} or is_struct(plain) else "a JSON document"
    if get_origin(python) is Literal and not gives:
        python = type(get_args(python)[0])
    return None if name in _SCALARS.get(get_origin(python) or python, ()) else name


def _read_as(name: str, python: Any, *, in_document: bool) -> str:
    """The type that a type is as good as: a list for several ranges, in JSON a text for Decimal."""
    if name.endswith("multirange"):
        return f"{name.removesuffix('multirange')}range[]"
    if in_document and python is Decimal and name in _SCALARS[str]:
        return "numeric"
    return "float8" if in_document and python is float and name == "numeric" else name


def in_words(name: str, kind: str) -> str:
    """A PostgreSQL type, with what `fits` says of its values where its name doesn't say that."""
    return name if name.removesuffix("[]") == kind else f"{name}, {kind}"


def is_plain(name: str | None, enums: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a type, or the element type of an array, is known to be a scalar other than JSON."""
    element = (name or "").replace("[]", "")
    return element in PLAIN_TYPES or element in enums


def same_python_type(one: str, other: str) -> bool:
    """Whether two PostgreSQL types have the same Python type."""
    if one.endswith("[]") and other.endswith("[]"):
        return same_python_type(one.removesuffix("[]"), other.removesuffix("[]"))
    return one == other or any({one, other} <= names for names in (*_SCALARS.values(), JSON_TYPES))


def has_null_elements(hint: Any) -> bool:
    """Whether a type hint is a list that may have None in it."""
    python = parse_hint(hint).type
    return get_origin(python) is list and parse_hint(get_args(python)[0]).nullable


def struct_of(hint: Any, *, many: bool) -> Any:
    """The struct of a type hint, or of its list's items if `many`; None if there is none."""
    python = parse_hint(hint).type
    if many:
        python = parse_hint(get_args(python)[0]).type if get_origin(python) is list else None
    return python if is_struct(python) else None
