"""Checks of a single value that has the right JSON type.

They refuse what msgspec does, and what PostgreSQL can't store: NUL characters, and moments before the year 1 or after
9999 in UTC.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from math import isinf
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec.inspect import (
    AnyType,
    DateTimeType,
    DateType,
    DecimalType,
    EnumType,
    FloatType,
    IntType,
    LiteralType,
    StrType,
    TimeDeltaType,
    TimeType,
    Type,
    UUIDType,
)

from api.problems import field_messages
from api.problems.text import Text

_UNLIMITED: Final[dict[type, Type]] = {str: StrType(), float: FloatType()}

# Types of values that are texts in JSON.
_WRITTEN: Final[Mapping[type[Type], tuple[Any, Text]]] = {
    DateType: (date, field_messages.MUST_BE_DATE),
    TimeType: (Annotated[time, msgspec.Meta(tz=False)], field_messages.MUST_BE_TIME),
    TimeDeltaType: (timedelta, field_messages.MUST_BE_DURATION),
    UUIDType: (UUID, field_messages.MUST_BE_UUID),
    DecimalType: (Decimal, field_messages.MUST_BE_DECIMAL),
}

# A text and its parameters.
Message = tuple[Text, Mapping[str, object]]


def check_scalar(kind: Type, value: Any, extra: Mapping[str, Any]) -> Message | None:
    """Message for an invalid value, or None for a valid one; `extra` may have the message of its pattern."""
    if isinstance(kind, AnyType):
        kind = _UNLIMITED.get(type(value), kind)
    match kind:
        case StrType():
            return _text(kind, value, extra.get("message", field_messages.WRONG_FORMAT))
        case IntType() | FloatType():
            return _number(kind, value)
        case DateTimeType():
            return _moment(value)
        case LiteralType(values=choices):
            return _choice(choices, value)
        case EnumType(cls=members):
            return _choice(tuple(member.value for member in members), value)
    return _written(kind, value)


def _is_infinite(value: Any) -> bool:
    """Whether this was a number beyond double precision."""
    return type(value) is float and isinf(value)


def _text(kind: StrType, value: str, format_message: Text) -> Message | None:
    if "\0" in value:
        return field_messages.NUL_CHARACTER, {}
    if len(value) < (kind.min_length or 0):
        return (
            (field_messages.NOT_EMPTY, {})
            if kind.min_length == 1
            else (field_messages.TOO_SHORT, {"min": kind.min_length})
        )
    if kind.max_length is not None and len(value) > kind.max_length:
        return field_messages.TOO_LONG, {"max": kind.max_length}
    if kind.pattern is not None and not re.search(kind.pattern, value):
        return format_message, {}
    return None


def _number(kind: IntType | FloatType, value: float) -> Message | None:
    low, high = kind.ge, kind.le
    if (low is None or value >= low) and (high is None or value <= high):
        return (field_messages.NUMBER_TOO_LARGE, {}) if _is_infinite(value) else None
    if low is not None and high is not None:
        return field_messages.BETWEEN, {"min": low, "max": high}
    return (field_messages.AT_LEAST, {"min": low}) if high is None else (field_messages.AT_MOST, {"max": high})


def _moment(value: str) -> Message | None:
    try:
        moment = msgspec.convert(value, datetime)
        if moment.tzinfo is None:
            return field_messages.NEEDS_TIME_ZONE, {}
        moment.astimezone(UTC)
    except msgspec.ValidationError:
        return field_messages.MUST_BE_MOMENT, {}
    except OverflowError:
        return field_messages.MOMENT_OUT_OF_RANGE, {}
    return None


def _written(kind: Type, value: str) -> Message | None:
    """Message for a text that isn't a value of its type, if that is one of those written as texts."""
    if (known := _WRITTEN.get(type(kind))) is None:
        return None
    python, message = known
    try:
        msgspec.convert(value, python)
    except msgspec.ValidationError:
        return message, {}
    return None


def _choice(choices: tuple[Any, ...], value: Any) -> Message | None:
    if any(type(choice) is type(value) and choice == value for choice in choices):
        return None
    return field_messages.NOT_ONE_OF, {"choices": choices}
