"""Values that are enough to tell whether an expression is ever false, where values can be enough.

What compares columns and lengths with each other and with constants depends on their order alone. So its constants are
tried, and as many values between each two of them as there are columns. Of all else, as of regular expressions, dates
that are taken apart, or documents, no values can be made that say it.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import pairwise
from math import prod
from typing import Final

from api.checks.comparisons import Column, Comparisons, UnknownError
from api.checks.sql.ast import parse_sql

# Letters of texts that are like no constant.
_LETTERS: Final = ("a", "A", "1", "-", "é")
_LONGEST: Final = 5_000_000
# One value of types that are asked for null only.
_SAMPLES: Final = {
    "bytea": "''", "jsonb": "'{}'", "text[]": "'{}'", "inet": "'::1'", "interval": "'0'",
    "time without time zone": "'0:00'", "uuid": "'00000000-0000-0000-0000-000000000000'",
}  # fmt: skip
# Combinations of values of several columns are tried up to so many.
_MOST: Final = 100_000


def values_of(expression: str, columns: Iterable[Column]) -> dict[str, list[str]] | None:
    """SQL of the values to try by column of an expression; None if no values tell whether it's ever false."""
    [query] = parse_sql(f"select ({expression})")
    read = Comparisons({column.name: column for column in columns})
    try:
        if read.kind_of(query.targetList[0].val) != "boolean":
            return None
        values = {name: [*_tried(read, name)] for name in read.uses}
    except UnknownError:
        return None
    return values if prod(map(len, values.values())) <= _MOST else None


def _tried(read: Comparisons, name: str) -> Iterator[str]:
    """SQL of the values to try of a column."""
    column, uses = read.columns[name], read.uses[name]
    if not column.is_not_null:
        yield f"null::{column.type}"
    if column.type == "text" or (column.type == "bytea" and uses != {"null"}):
        values = _texts(read, column.type, uses)
    else:
        values = _known(read, column)
    for value in values:
        yield f"({value})::{column.type}"


def _texts(read: Comparisons, of_type: str, uses: set[str]) -> Iterator[str]:
    if uses >= {"length", "octets"}:
        raise UnknownError
    lengths = {0, 1, *(_lengths(read, len(read.uses)) if uses & {"length", "octets"} else ())}
    for length in sorted(lengths):
        for letter in _LETTERS if "value" in uses else _LETTERS[:1]:
            text = f"repeat('{letter}', {length})"
            yield text if of_type == "text" else f"convert_to({text}, 'UTF8')"
    if "value" in uses:
        yield from map(_quoted, sorted(read.constants["text"]))


def _known(read: Comparisons, column: Column) -> Iterator[str]:
    count = len(read.uses)
    if column.labels:
        yield from map(_quoted, column.labels)
    elif column.kind == "number":
        yield from (f"{number:f}" for number in _between(read.numbers, count))
    elif column.kind == "boolean":
        yield from ("true", "false")
    elif column.kind in {"moment", "date"}:
        step = "1" if column.kind == "date" else "interval '1 microsecond'"
        yield from ("'-infinity'", "'infinity'")
        for constant in sorted(read.constants[column.kind]) or ["2000-01-01"]:
            yield from (f"{_quoted(constant)}::{column.type} + {n} * {step}" for n in range(-count, count + 1))
    elif column.type in _SAMPLES:
        yield _SAMPLES[column.type]
    else:
        raise UnknownError


def _lengths(read: Comparisons, count: int) -> set[int]:
    if any(number > _LONGEST for number in read.numbers):
        raise UnknownError
    return {int(number) for number in _between(read.numbers, count) if number >= 0}


def _between(numbers: Iterable[Decimal], count: int) -> list[Decimal]:
    """Numbers, and so many between each two, below the least, and above the greatest of them."""
    known = sorted({Decimal(0), *numbers})
    ends = [known[0] - count - 1, *known, known[-1] + count + 1]
    between = [low + (high - low) * n / (count + 1) for low, high in pairwise(ends) for n in range(1, count + 1)]
    return sorted({*known, *between})


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
