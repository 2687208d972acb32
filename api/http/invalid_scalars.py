"""What is wrong with a single value of the right JSON type.

Besides what msgspec refuses, that is what PostgreSQL can't keep: NUL characters, and moments before the year 1 or after
9999 in UTC.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isinf
from typing import Any, Final

import msgspec
from msgspec.inspect import AnyType, DateTimeType, EnumType, FloatType, IntType, LiteralType, StrType, Type

_UNLIMITED: Final[dict[type, Type]] = {str: StrType(), float: FloatType()}

Fault = tuple[str, Mapping[str, object]]


def scalar_fault(kind: Type, value: Any, extra: Mapping[str, Any]) -> Fault | None:
    """Message and parameters of what is wrong, if anything is; `extra` may name the message of a pattern."""
    if isinstance(kind, AnyType):
        kind = _UNLIMITED.get(type(value), kind)
    match kind:
        case StrType():
            return _text(kind, value, extra.get("message", "wrong_format"))
        case IntType() | FloatType():
            return _number(kind, value)
        case DateTimeType():
            return _moment(value)
        case LiteralType(values=choices):
            return _choice(choices, value)
        case EnumType(cls=members):
            return _choice(tuple(member.value for member in members), value)
    return None


def is_infinite(value: Any) -> bool:
    """Tell whether this was a number that no float or integer holds."""
    return type(value) is float and isinf(value)


def _text(kind: StrType, value: str, format_message: str) -> Fault | None:
    if "\0" in value:
        return "nul_character", {}
    if len(value) < (kind.min_length or 0):
        return ("not_empty", {}) if kind.min_length == 1 else ("too_short", {"min": kind.min_length})
    if kind.max_length is not None and len(value) > kind.max_length:
        return "too_long", {"max": kind.max_length}
    if kind.pattern is not None and not re.search(kind.pattern, value):
        return format_message, {}
    return None


def _number(kind: IntType | FloatType, value: float) -> Fault | None:
    low, high = kind.ge, kind.le
    if (low is None or value >= low) and (high is None or value <= high):
        return ("number_too_large", {}) if is_infinite(value) else None
    if low is not None and high is not None:
        return "between", {"min": low, "max": high}
    return ("at_least", {"min": low}) if high is None else ("at_most", {"max": high})


def _moment(value: str) -> Fault | None:
    try:
        moment = msgspec.convert(value, datetime)
        if moment.tzinfo is None:
            return "needs_time_zone", {}
        moment.astimezone(UTC)
    except msgspec.ValidationError:
        return "must_be_moment", {}
    except OverflowError:
        return "moment_out_of_range", {}
    return None


def _choice(choices: tuple[Any, ...], value: Any) -> Fault | None:
    if any(type(choice) is type(value) and choice == value for choice in choices):
        return None
    return "not_one_of", {"choices": choices}
