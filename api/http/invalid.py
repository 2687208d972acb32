"""Everything that is wrong in a JSON document, by the type that it should have: msgspec stops at the first."""

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
from api.http.invalid_scalars import scalar_defect
from api.problems import field_messages
from api.problems.problem import Invalid
from api.problems.text import Text

_EXPECTED: Final[dict[type[Type], tuple[tuple[type, ...], Text]]] = {
    StrType: ((str,), field_messages.MUST_BE_TEXT),
    IntType: ((int,), field_messages.MUST_BE_WHOLE_NUMBER),
    FloatType: ((int, float), field_messages.MUST_BE_NUMBER),
    BoolType: ((bool,), field_messages.MUST_BE_BOOLEAN),
    DateTimeType: ((str,), field_messages.MUST_BE_MOMENT),
    ListType: ((list,), field_messages.MUST_BE_LIST),
    DictType: ((dict,), field_messages.MUST_BE_OBJECT),
    StructType: ((dict,), field_messages.MUST_BE_OBJECT),
}


def invalid_parts(kind: Type, value: Any, at: str = "") -> Iterator[Invalid]:
    """Tell everything that is wrong in `value`, which stands at the pointer `at`, in the order of the document."""
    kind, nullable, extra = unwrap(kind)
    if value is None and not isinstance(kind, AnyType):
        if not (nullable or (isinstance(kind, LiteralType) and None in kind.values)):
            yield Invalid(at, field_messages.NOT_NULL)
        return
    accepted, expected = _EXPECTED.get(type(kind), ((type(value),), field_messages.INVALID))
    if type(value) not in accepted and not (isinstance(kind, IntType) and _is_whole(value)):
        yield Invalid(at, expected)
        return
    sound = True
    for invalid in _inside(kind, value, at, extra):
        sound = False
        yield invalid
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
                yield from invalid_parts(keys, name, child(at, name))
                yield from invalid_parts(items, item, child(at, name))
        case ListType(item_type=items):
            yield from _size(kind, value, at)
            for index, item in enumerate(islice(value, kind.max_length)):
                yield from invalid_parts(items, item, child(at, index))
        case AnyType() if isinstance(value, dict | list):
            yield from _open(value, at)
        case _ if defect := scalar_defect(kind, value, extra):
            message, parameters = defect
            yield Invalid(at, message, parameters)


def _struct(kind: StructType, value: dict[str, Any], at: str) -> Iterator[Invalid]:
    yield from _fields(kind, value, at)
    if issubclass(kind.cls, Checked):
        with suppress(msgspec.ValidationError):  # its fields aren't right by themselves
            for invalid in msgspec.convert(value, kind.cls, strict=False).problems():
                yield Invalid(at + invalid.pointer, invalid.message, invalid.parameters)


def _fields(kind: StructType, value: dict[str, Any], at: str) -> Iterator[Invalid]:
    fields = {field.encode_name: field for field in kind.fields}
    for name, item in value.items():
        if field := fields.get(name):
            yield from invalid_parts(field.type, item, child(at, name))
        elif kind.forbid_unknown_fields:
            yield Invalid(child(at, name), field_messages.UNKNOWN_FIELD, {"known": list(fields)})
    for name, field in fields.items():
        if field.required and name not in value:
            yield Invalid(child(at, name), field_messages.MISSING)


def _open(container: dict[str, Any] | list[Any], at: str) -> Iterator[Invalid]:
    """Tell what PostgreSQL can't keep of values of any type; quick, as there may be many."""
    for key, item in container.items() if isinstance(container, dict) else enumerate(container):
        kind = type(item)
        if type(key) is str and "\0" in key:
            yield Invalid(child(at, key), field_messages.NUL_CHARACTER)
        if kind is dict or kind is list:
            if item:
                yield from _open(item, child(at, key))
        elif (kind is str and "\0" in item) or (kind is float and isinf(item)):
            yield Invalid(
                child(at, key), field_messages.NUL_CHARACTER if kind is str else field_messages.NUMBER_TOO_LARGE
            )


def _size(kind: ListType | DictType, value: list[Any] | dict[str, Any], at: str) -> Iterator[Invalid]:
    if len(value) < (kind.min_length or 0):
        yield (
            Invalid(at, field_messages.NOT_EMPTY)
            if kind.min_length == 1
            else Invalid(at, field_messages.TOO_FEW, {"min": kind.min_length})
        )
    elif kind.max_length is not None and len(value) > kind.max_length:
        yield Invalid(at, field_messages.TOO_MANY, {"max": kind.max_length})


def child(at: str, part: str | int) -> str:
    """Pointer to a part of what stands at `at`, as RFC 6901 escapes it."""
    return f"{at}/{str(part).replace('~', '~0').replace('/', '~1')}"
