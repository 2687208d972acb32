"""Values to try a field and its column with, around their limits and around common limits."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, Final

import msgspec
from msgspec.inspect import (
    BoolType,
    DateTimeType,
    DateType,
    DecimalType,
    DictType,
    FloatType,
    IntType,
    ListType,
    LiteralType,
    Metadata,
    StrType,
    StructType,
    TimeDeltaType,
    TimeType,
    Type,
    UnionType,
    UUIDType,
    type_info,
)

# Values by their descriptions.
Probes = dict[str, Any]

# Longer texts and larger numbers are tried only around limits.
_LENGTHS: Final = (1, 3, 10, 20, 35, 50, 64, 100, 128, 200, 255, 256, 320, 500, 512, 1000, 1024, 2000, 4096, 5000)
_COUNTS: Final = (1, 10, 20, 50, 100, 500)
_NUMBERS: Final = (0, 10, 18, 21, 50, 100, 120, 127, 255, 1000, 2**15, 2**16, 10**6, 2**31, 2**32, 2**53, 2**63)
_TEXTS: Final = (
    *("", " ", "   ", "\t", "\n", "\x1f", "\xa0", "\u200b", "\u2028", "\u3000", "\0", "\x01"),
    *(" a", "a ", "a b", "a\n", "a\nb", "\ta", "A", "Aa", "ab", "é", "1", "1a", "a1", "_", "_a", "a_", "a_b", "a__b"),
    *(
        "-",
        "a-b",
        "ab-",
        "ab--c",
        "ab-cd",
        "abcdefghi",
        "abcdefgh",
        "ab-cdefghijk",
        "é😀",
        "👩‍👩‍👧",
        "'\"\\",
        "%",
        "null",
    ),
    *("a@b", "@b", "a@", "a@b@c", "a b@c", "a@b ", "a@b\n", "a@b\xa0", "é@ü", "https://a", "http://", "ftp://a"),
    *("HTTPS://A", " https://a", "https://a b", "javascript:1", "https://a\n", "https://a@b", 'https://a"b'),
)
_LARGEST_LIST: Final = 2**17
_MOMENTS: Final = (
    *("0001-01-01T00:00:00Z", "1582-10-04T00:00:00Z", "1969-12-31T23:59:59.999999Z", "2000-02-29T12:00:00+14:00"),
    *("2038-01-19T03:14:08Z", "9999-12-31T23:59:59.999999Z", "infinity", "-infinity", "10000-01-01T00:00:00Z"),
    "0044-03-15T00:00:00Z BC",
)
_DATES: Final = ("0001-01-01", "1582-10-04", "2000-02-29", "9999-12-31", "10000-01-01", "infinity", "0044-03-15 BC")
_TIMES: Final = ("00:00:00", "07:30:00", "23:59:59.999999", "24:00:00")
_DURATIONS: Final = ("PT0S", "P1DT2H30M", "PT0.000001S", "P36500D", "infinity")
_UUIDS: Final = ("00000000-0000-0000-0000-000000000000", "0189f7e2-77a5-7000-8000-000000000000")
# Digits before and behind the point of numbers that are tried.
_DIGITS: Final = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20)
_PLACES: Final = (0, 1, 2, 3, 4, 6, 8)
_DECIMALS: Final = (
    *(
        f"{sign}{'9' * digits}.{'9' * places}".removesuffix(".")
        for sign in ("", "-")
        for digits in _DIGITS
        for places in _PLACES
    ),
    *("0", "0.50", "1.5"),
)
_VALUES: Final[Mapping[type[Type], Sequence[Any]]] = {
    DateTimeType: _MOMENTS,
    DateType: _DATES,
    TimeType: _TIMES,
    TimeDeltaType: _DURATIONS,
    UUIDType: _UUIDS,
    DecimalType: _DECIMALS,
    BoolType: (True, False),
}


def probes(hints: Iterable[Any], numbers: set[int], words: set[str]) -> Probes:
    """Values for fields of the given types, and for a column with these numbers and words in its checks."""
    limits = set(numbers)
    kinds = [value_type(hint) for hint in hints]
    for kind in kinds:
        limits |= _limits(kind)
    found: Probes = {}
    for kind in kinds:
        found |= _of_kind(kind, limits)
        if isinstance(kind, StrType | LiteralType):
            labels = kind.values if isinstance(kind, LiteralType) else ()
            found |= {repr(word): word for word in sorted({*words, *map(str, labels)})}
    return found


def value_type(hint: Any) -> Type:
    """A type without None, UNSET and metadata."""
    kind = hint if isinstance(hint, Type) else type_info(msgspec.defstruct("_", [("field", hint)]))
    if isinstance(kind, StructType):
        kind = kind.fields[0].type
    while isinstance(kind, Metadata | UnionType):
        kind = kind.type if isinstance(kind, Metadata) else next(part for part in kind.types if _has_values(part))
    return kind


def _has_values(kind: Type) -> bool:
    return type(kind).__name__ not in {"NoneType", "UnsetType"}


def _limits(kind: Type) -> set[int]:
    names = ("min_length", "max_length", "ge", "le", "gt", "lt")
    limits = {limit for name in names if isinstance(limit := getattr(kind, name, None), int)}
    return limits | _limits(value_type(kind.item_type)) if isinstance(kind, ListType) else limits


def _of_kind(kind: Type, limits: set[int]) -> Probes:
    match kind:
        case StrType() | LiteralType():
            return dict(_texts(limits))
        case IntType():
            return {str(number): number for number in _around({*_NUMBERS, *limits})} | {
                str(-number): -number for number in (1, 2**31 + 1, 2**63)
            }
        case DateTimeType() | DateType() | TimeType() | TimeDeltaType() | UUIDType() | DecimalType() | BoolType():
            return {repr(value): value for value in _VALUES[type(kind)]}
        case FloatType():
            numbers = sorted({*_NUMBERS, *limits})
            return {str(number): number for number in (*numbers, *(-number for number in numbers), 0.5, 1e300)}
        case ListType(item_type=items):
            return dict(_lists(value_type(items), limits))
        case DictType():
            return dict(_objects(limits))
    raise TypeError(f"no values are known to try {kind} with")


def _around(limits: Iterable[int]) -> list[int]:
    return sorted({number for limit in limits for number in (limit - 1, limit, limit + 1) if number >= 0})


def _texts(limits: set[int]) -> Iterator[tuple[str, str]]:
    """Short texts of many kinds, and long ones of the kinds that patterns demand."""
    for text in _TEXTS:
        yield repr(text), text
    for length in filter(None, _around({*_LENGTHS, *limits})):
        yield f"a text of {length} characters", "a" * length
        yield f"a text of {length} characters of two bytes", "é" * length
        if length > len("https://a"):
            yield f"a web address of {length} characters", f"https://a/{'a' * (length - len('https://a/'))}"
            yield f"an e-mail address of {length} characters", f"a@{'b' * (length - 2)}"
            yield f"a language tag of {length} characters", _language_tag(length)


def _language_tag(length: int) -> str:
    return f"{'aa' if length % 2 == 0 else 'aaa'}{'-a' * (length // 2 - 1)}"


def _lists(items: Type, limits: set[int]) -> Iterator[tuple[str, list[Any]]]:
    yield "an empty list", []
    yield "a list of null", [None]
    yield "a list of a list", [["a"]]
    [item, *_] = _VALUES.get(type(items), ("a",))
    for count in _around({*_COUNTS, *limits}):
        yield f"a list of {count}", [item] * count
    if isinstance(items, StrType):
        for label, text in _texts(limits):
            yield f"a list of {label}", [text]
        # Texts within the other limits show a limit of the whole list.
        for count, length in product(sorted(limits), repeat=2):
            if count * length <= _LARGEST_LIST:
                yield f"a list of {count} texts of {length} characters of four bytes", ["😀" * length] * count


def _objects(limits: set[int]) -> Iterator[tuple[str, Any]]:
    """Objects, also of sizes around the limits, and values that aren't objects."""
    yield "an empty object", {}
    yield "an object of everything", {"": None, "a": [1, -1.5, True, "é"], "b": {"c": {}}}
    yield from (("a list", []), ("a text", "a"), ("a number", 1), ("false", False))
    for size in _around({2**16, *limits}):
        yield f"an object of {size} bytes", {"a": "a" * (size - len('{"a": ""}'))}
    yield "an object of 2 MB", {"a": "a" * 2**21}
