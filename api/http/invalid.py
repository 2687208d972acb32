"""Every fault of a JSON document, measured against the type that it should have: msgspec stops at the first."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice
from math import isinf
from typing import Any, Final

import msgspec
from msgspec.inspect import (
    AnyType,
    BoolType,
    DateTimeType,
    DictType,
    FloatType,
    IntType,
    ListType,
    LiteralType,
    StrType,
    StructType,
    Type,
)

from api.http.input_types import Checked, unwrap
from api.http.invalid_scalars import scalar_fault
from api.problems.problem import Invalid

_EXPECTED: Final[dict[type[Type], tuple[tuple[type, ...], str]]] = {
    StrType: ((str,), "must_be_text"),
    IntType: ((int,), "must_be_whole_number"),
    FloatType: ((int, float), "must_be_number"),
    BoolType: ((bool,), "must_be_boolean"),
    DateTimeType: ((str,), "must_be_moment"),
    ListType: ((list,), "must_be_list"),
    DictType: ((dict,), "must_be_object"),
    StructType: ((dict,), "must_be_object"),
}


def faults(kind: Type, value: Any, at: str = "") -> Iterator[Invalid]:
    """Tell every fault of `value`, which stands at the pointer `at`, in the order of the document."""
    kind, nullable, extra = unwrap(kind)
    if value is None and not isinstance(kind, AnyType):
        if not (nullable or (isinstance(kind, LiteralType) and None in kind.values)):
            yield Invalid(at, "not_null")
        return
    accepted, expected = _EXPECTED.get(type(kind), ((type(value),), ""))
    if type(value) not in accepted and not (isinstance(kind, IntType) and _is_whole(value)):
        yield Invalid(at, expected)
        return
    sound = True
    for fault in _inside(kind, value, at, extra):
        sound = False
        yield fault
    if sound and (rule := extra.get("rule")) and (message := rule(value)):
        yield Invalid(at, message)


def _is_whole(value: Any) -> bool:
    """Tell whether a number is whole though written with a fraction or an exponent, or too large to tell."""
    return type(value) is float and (value.is_integer() or isinf(value))


def _inside(kind: Type, value: Any, at: str, extra: Mapping[str, Any]) -> Iterator[Invalid]:
    match kind:
        case StructType():
            yield from _struct(kind, value, at)
        case DictType(key_type=keys, value_type=items):
            yield from _size(kind, value, at)
            for name, item in islice(value.items(), kind.max_length):
                yield from faults(keys, name, child(at, name))
                yield from faults(items, item, child(at, name))
        case ListType(item_type=items):
            yield from _size(kind, value, at)
            for index, item in enumerate(islice(value, kind.max_length)):
                yield from faults(items, item, child(at, index))
        case AnyType() if isinstance(value, dict | list):
            yield from _open(value, at)
        case _ if fault := scalar_fault(kind, value, extra):
            message, parameters = fault
            yield Invalid(at, message, parameters)


def _struct(kind: StructType, value: dict[str, Any], at: str) -> Iterator[Invalid]:
    yield from _fields(kind, value, at)
    if issubclass(kind.cls, Checked):
        with suppress(msgspec.ValidationError):  # its fields aren't right by themselves
            for fault in msgspec.convert(value, kind.cls, strict=False).problems():
                yield Invalid(at + fault.pointer, fault.message, fault.parameters)


def _fields(kind: StructType, value: dict[str, Any], at: str) -> Iterator[Invalid]:
    fields = {field.encode_name: field for field in kind.fields}
    for name, item in value.items():
        if field := fields.get(name):
            yield from faults(field.type, item, child(at, name))
        elif kind.forbid_unknown_fields:
            yield Invalid(child(at, name), "unknown_field", {"known": list(fields)})
    for name, field in fields.items():
        if field.required and name not in value:
            yield Invalid(child(at, name), "missing")


def _open(container: dict[str, Any] | list[Any], at: str) -> Iterator[Invalid]:
    """Tell what PostgreSQL can't keep of values of any type; quick, as there may be many."""
    for key, item in container.items() if isinstance(container, dict) else enumerate(container):
        kind = type(item)
        if type(key) is str and "\0" in key:
            yield Invalid(child(at, key), "nul_character")
        if kind is dict or kind is list:
            if item:
                yield from _open(item, child(at, key))
        elif (kind is str and "\0" in item) or (kind is float and isinf(item)):
            yield Invalid(child(at, key), "nul_character" if kind is str else "number_too_large")


def _size(kind: ListType | DictType, value: list[Any] | dict[str, Any], at: str) -> Iterator[Invalid]:
    if len(value) < (kind.min_length or 0):
        yield Invalid(at, "not_empty") if kind.min_length == 1 else Invalid(at, "too_few", {"min": kind.min_length})
    elif kind.max_length is not None and len(value) > kind.max_length:
        yield Invalid(at, "too_many", {"max": kind.max_length})


def child(at: str, part: str | int) -> str:
    """Pointer to a part of what stands at `at`, as RFC 6901 escapes it."""
    return f"{at}/{str(part).replace('~', '~0').replace('/', '~1')}"
