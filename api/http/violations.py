"""All violations of a type in a JSON document; msgspec stops at the first one."""

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
    DateType,
    DecimalType,
    DictType,
    FloatType,
    IntType,
    ListType,
    LiteralType,
    StrType,
    StructType,
    TimeDeltaType,
    TimeType,
    Type,
    UUIDType,
)

from api.http.document_limits import exceeded_limit
from api.http.input_types import Checked, unwrap
from api.http.scalars import check_scalar
from api.problems import field_messages
from api.problems.problem import Violation
from api.problems.text import Text

_EXPECTED: Final[dict[type[Type], tuple[tuple[type, ...], Text]]] = {
    StrType: ((str,), field_messages.MUST_BE_TEXT),
    IntType: ((int,), field_messages.MUST_BE_WHOLE_NUMBER),
    FloatType: ((int, float), field_messages.MUST_BE_NUMBER),
    BoolType: ((bool,), field_messages.MUST_BE_BOOLEAN),
    DateTimeType: ((str,), field_messages.MUST_BE_MOMENT),
    DateType: ((str,), field_messages.MUST_BE_DATE),
    TimeType: ((str,), field_messages.MUST_BE_TIME),
    TimeDeltaType: ((str,), field_messages.MUST_BE_DURATION),
    UUIDType: ((str,), field_messages.MUST_BE_UUID),
    # As a number it may have lost digits before it came here.
    DecimalType: ((str,), field_messages.MUST_BE_DECIMAL),
    ListType: ((list,), field_messages.MUST_BE_LIST),
    DictType: ((dict,), field_messages.MUST_BE_OBJECT),
    StructType: ((dict,), field_messages.MUST_BE_OBJECT),
}


def violations_of(kind: Type, value: Any, pointer: str = "") -> Iterator[Violation]:
    """All violations in `value`, in the document's order; `pointer` is where in the document it is."""
    kind, nullable, extra = unwrap(kind)
    if value is None and not isinstance(kind, AnyType):
        if not (nullable or (isinstance(kind, LiteralType) and None in kind.values)):
            yield Violation(pointer, field_messages.NOT_NULL)
        return
    accepted, expected = _EXPECTED.get(type(kind), ((type(value),), field_messages.INVALID))
    if type(value) not in accepted and not (isinstance(kind, IntType) and _is_whole(value)):
        yield Violation(pointer, expected)
        return
    valid = True
    for violation in _content_violations(kind, value, pointer, extra):
        valid = False
        yield violation
    if valid and (rule := extra.get("rule")) and (message := rule(value)):
        yield Violation(pointer, message)


def _is_whole(value: Any) -> bool:
    """Whether a float is a whole number (4.0, 4e2), or was too large to tell."""
    return type(value) is float and (value.is_integer() or isinf(value))


def _content_violations(kind: Type, value: Any, pointer: str, extra: Mapping[str, Any]) -> Iterator[Violation]:
    match kind:
        case StructType():
            yield from _struct_violations(kind, value, pointer)
        case DictType(value_type=AnyType()) if exceeded := exceeded_limit(value):
            yield Violation(pointer, *exceeded)
        case DictType(key_type=StrType(min_length=None, max_length=None, pattern=None), value_type=AnyType()):
            yield from _size_violations(kind, value, pointer)
            yield from _any_violations(value, pointer)
        case DictType(key_type=keys, value_type=items):
            yield from _size_violations(kind, value, pointer)
            for name, item in islice(value.items(), kind.max_length):
                yield from violations_of(keys, name, child_pointer(pointer, name))
                yield from violations_of(items, item, child_pointer(pointer, name))
        case ListType(item_type=items):
            yield from _size_violations(kind, value, pointer)
            for index, item in enumerate(islice(value, kind.max_length)):
                yield from violations_of(items, item, child_pointer(pointer, index))
        case AnyType() if isinstance(value, dict | list):
            yield from _any_violations(value, pointer)
        case _ if message := check_scalar(kind, value, extra):
            yield Violation(pointer, *message)


def _struct_violations(kind: StructType, value: dict[str, Any], pointer: str) -> Iterator[Violation]:
    yield from _field_violations(kind, value, pointer)
    if issubclass(kind.cls, Checked):
        with suppress(msgspec.ValidationError):  # a field is invalid
            for found in msgspec.convert(value, kind.cls, strict=False).violations():
                yield Violation(pointer + found.pointer, found.message, found.parameters)


def _field_violations(kind: StructType, value: dict[str, Any], pointer: str) -> Iterator[Violation]:
    fields = {field.encode_name: field for field in kind.fields}
    for name, item in value.items():
        if field := fields.get(name):
            yield from violations_of(field.type, item, child_pointer(pointer, name))
        elif kind.forbid_unknown_fields:
            yield _unknown_field(child_pointer(pointer, name), list(fields))
    for name, field in fields.items():
        if field.required and name not in value:
            yield Violation(child_pointer(pointer, name), field_messages.MISSING)


def _unknown_field(pointer: str, known: list[str]) -> Violation:
    if not known:
        return Violation(pointer, field_messages.NO_FIELDS)
    return Violation(pointer, field_messages.UNKNOWN_FIELD, {"known": known})


def _any_violations(container: dict[str, Any] | list[Any], pointer: str) -> Iterator[Violation]:
    """Violations in values of any type, which PostgreSQL can't store; quick, as there may be many values."""
    for key, item in container.items() if isinstance(container, dict) else enumerate(container):
        kind = type(item)
        if type(key) is str and "\0" in key:
            yield Violation(child_pointer(pointer, key), field_messages.NUL_CHARACTER)
        if kind is dict or kind is list:
            if item:
                yield from _any_violations(item, child_pointer(pointer, key))
        elif (kind is str and "\0" in item) or (kind is float and isinf(item)):
            message = field_messages.NUL_CHARACTER if kind is str else field_messages.NUMBER_TOO_LARGE
            yield Violation(child_pointer(pointer, key), message)


def _size_violations(kind: ListType | DictType, value: list[Any] | dict[str, Any], pointer: str) -> Iterator[Violation]:
    if len(value) < (kind.min_length or 0):
        yield (
            Violation(pointer, field_messages.NOT_EMPTY)
            if kind.min_length == 1
            else Violation(pointer, field_messages.TOO_FEW, {"min": kind.min_length})
        )
    elif kind.max_length is not None and len(value) > kind.max_length:
        yield Violation(pointer, field_messages.TOO_MANY, {"max": kind.max_length})


def child_pointer(pointer: str, part: str | int) -> str:
    """JSON pointer to a field or an item of the value at `pointer`, escaped (RFC 6901)."""
    return f"{pointer}/{str(part).replace('~', '~0').replace('/', '~1')}"
