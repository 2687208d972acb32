"""Finds parts of check constraints that refuse nothing, and texts that a check bounds in some of its branches only.

PostgreSQL tells by trying values: of each column's type, around the numbers that stand in its checks.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.sql import SQL, Composable, Identifier

from api.checks.faults import Message
from api.sql_parser.lexer import Token, scan

_CHECKS: Final = """
select c.conrelid::regclass::text, c.conname::text, pg_get_expr(c.conbin, c.conrelid),
       array(
         select array[a.attname::text, format_type(a.atttypid, null), t.typtype::text, a.attnotnull::text]
           from pg_attribute as a
           join pg_type as t
             on t.oid = a.atttypid
          where a.attrelid = c.conrelid
            and a.attnum = any(c.conkey)
          order by a.attnum
       )
  from pg_constraint as c
 where c.contype = 'c'
   and c.connamespace = 'public'::regnamespace
   and c.conislocal
 order by 1, 2
"""
# Lengths and numbers around which is tried, as texts of all lengths would take long.
_NUMBER: Final = re.compile(r"(?<![\w.])\d{1,10}(?![\w.])")
_LONGEST: Final = 5_000_000
# Letters of texts that are too long.
_LETTERS: Final = ("a", "A", "1", "-", "é")
_TEXTS: Final = ("''", "' '", "'a'", "'É!'", "'@'", "E'\\n'")
_VALUES: Final = {
    "boolean": ("true", "false"),
    "timestamp with time zone": ("'-infinity'", "'infinity'", "'2000-01-01Z'", "'2000-01-02Z'", "'10000-01-01Z'"),
    "date": ("'-infinity'", "'infinity'", "'2000-01-01'", "'10000-01-01'"),
    "time without time zone": ("'00:00'", "'12:00'", "'24:00'"),
    "interval": ("'-infinity'", "'infinity'", "'0'", "'1 day'", "'-1 day'"),
    "uuid": ("'00000000-0000-0000-0000-000000000000'", "'0189f7e2-77a5-7000-8000-000000000000'"),
    "inet": ("'0.0.0.0/0'", "'127.0.0.1'", "'::1'"),
}
_NUMERIC: Final = {"integer", "bigint", "smallint", "numeric", "real", "double precision"}
# Combinations of values of several columns are tried up to so many.
_MOST: Final = 100_000


class _Column(NamedTuple):
    name: str
    type: str
    kind: str
    is_not_null: str

    def values(self, numbers: Sequence[int]) -> list[str]:
        """SQL of values to try, which are none but null where none are known of the type."""
        lengths = [number for number in numbers if number <= _LONGEST]
        values = [f"({value})::{self.type}" for value in self._texts(numbers, lengths)]
        return values if self.is_not_null == "true" and values else ["null", *values]

    def _texts(self, numbers: Sequence[int], lengths: Sequence[int]) -> Iterator[str]:
        if self.kind == "e":
            yield from (f"(enum_range(null::{self.type}))[{position}]" for position in (1, 2))
        elif self.type in _NUMERIC:
            yield from map(str, sorted({-1, 0, 1, *numbers, *(-number for number in numbers)}))
        elif self.type == "text":
            yield from _TEXTS
            yield from (f"repeat('{letter}', {length})" for length in lengths for letter in _LETTERS)
        elif self.type == "text[]":
            yield from ("'{}'", "array[null]", *(f"array[{text}]" for text in _TEXTS))
            yield from (f"array[repeat('a', {length})]" for length in lengths)
            yield from (f"array_fill('a'::text, array[{length}])" for length in lengths)
        elif self.type == "jsonb":
            yield from ("'{}'", "'[]'", "'1'", """'"a"'""", "'null'")
            yield from (f"jsonb_build_object('a', repeat('a', {length}))" for length in lengths)
        elif self.type == "bytea":
            yield from ("''", *(f"convert_to(repeat('a', {length}), 'UTF8')" for length in lengths))
        else:
            yield from _VALUES.get(self.type, ())


def idle_conditions(connection: psycopg.Connection[Any]) -> list[Message]:
    """Faults of the check constraints of a migrated database, which is only read."""
    parts: list[tuple[str, str, str, list[_Column]]] = []
    texts: dict[tuple[str, str], list[str]] = {}
    for table, name, expression, found in connection.execute(_CHECKS).fetchall():
        columns = [_Column(*each) for each in found]
        parts += [(table, name, part, columns) for part in _conjuncts(expression)]
        for column in columns:
            if column.type == "text":
                texts.setdefault((table, column.name), []).append(expression)
    idle = _which(connection, [_never_false(part, columns) for *_, part, columns in parts])
    long = _which(connection, [_takes_long(column, checks) for (_, column), checks in texts.items()])
    return [
        *(
            f"{table}: {name} refuses no value by `{' '.join(part.split())}`: correct that part, or leave it out"
            for (table, name, part, _), is_idle in zip(parts, idle, strict=True)
            if is_idle
        ),
        *(
            f"{table}.{column} takes texts longer than its checks say: limit its length in each branch of an `or`"
            for (table, column), is_long in zip(texts, long, strict=True)
            if is_long
        ),
    ]


def _which(connection: psycopg.Connection[Any], conditions: Sequence[Composable]) -> list[bool]:
    """Which conditions hold: asked at once, and one by one if there's one that fails, which then doesn't."""
    try:
        with connection.transaction():
            connection.execute("set transaction read only")
            rows = connection.execute(SQL("select ") + SQL(", ").join(conditions)).fetchall() if conditions else [()]
            return list(rows[0])
    except psycopg.Error:
        if len(conditions) == 1:
            return [False]
        return [holds for condition in conditions for holds in _which(connection, [condition])]


def _never_false(expression: str, columns: Sequence[_Column]) -> Composable:
    numbers = _around(expression)
    tried = [column.values(numbers) for column in columns]
    most = int(_MOST ** (1 / max(len(tried), 1)))
    sources = [
        SQL("(values {}) as {} ({})").format(
            SQL(", ").join(SQL("({})").format(SQL(value)) for value in values[:most]),
            Identifier(f"of_{column.name}"),
            Identifier(column.name),
        )
        for column, values in zip(columns, tried, strict=True)
    ]
    return SQL("{} and not exists (select {} where ({}) is false)").format(
        SQL("false" if ["null"] in tried else "true"),
        SQL("from {}").format(SQL(" cross join ").join(sources)) if sources else SQL(""),
        SQL(expression),
    )


def _takes_long(column: str, checks: Sequence[str]) -> Composable:
    """Whether a text of some letter passes all checks of its column, which is longer than the numbers in them."""
    length = max((number for check in checks for number in _around(check) if number <= _LONGEST), default=1)
    return SQL("exists (select from (values {}) as tried ({}) where {})").format(
        SQL(", ").join(SQL("(repeat({}, {}))").format(letter, length) for letter in _LETTERS),
        Identifier(column),
        SQL(" and ").join(SQL("({}) is not false").format(SQL(check)) for check in checks),
    )


def _around(expression: str) -> list[int]:
    found = {int(number) for number in _NUMBER.findall(expression)}
    return sorted({near for number in found for near in (number - 1, number, number + 1) if near >= 0})


def _conjuncts(expression: str) -> Iterator[str]:
    """The parts of an expression that all have to hold, as PostgreSQL prints it: each operation in parentheses."""
    tokens = scan(expression)
    parts = list(_parts(tokens))
    if len(parts) == 1 and len(tokens) > 1 and (tokens[0].text, _closing(tokens)) == ("(", len(tokens) - 1):
        yield from _conjuncts(expression[tokens[0].end : tokens[-1].start])
    elif len(parts) == 1:
        yield expression.strip()
    else:
        for part in parts:
            yield from _conjuncts(expression[part[0].start : part[-1].end])


def _parts(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Tokens between those `AND` that aren't in parentheses."""
    depth = 0
    part: list[Token] = []
    for token in tokens:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if depth == 0 and token.text.upper() == "AND":
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _closing(tokens: Sequence[Token]) -> int:
    """Where the parenthesis closes that the tokens begin with."""
    depth = 0
    for position, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            return position
    return len(tokens)
