"""Finds parts of check constraints that refuse nothing, and texts that a check bounds in some of its branches only.

PostgreSQL tells by trying values, as far as there are values that can tell.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Composable, Identifier

from api.checks.comparisons import Column
from api.checks.faults import Message
from api.checks.tried_values import values_of
from api.sql_parser.lexer import Token, scan

_CHECKS: Final = """
select c.conrelid::regclass::text, c.conname::text, pg_get_expr(c.conbin, c.conrelid),
       array(
         select array[a.attname::text, format_type(a.atttypid, null), a.attnotnull::text]
           from pg_attribute as a
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
_LABELS: Final = """
select enumtypid::regtype::text, array_agg(enumlabel::text order by enumsortorder)
  from pg_enum
 group by enumtypid
"""
_LENGTH: Final = re.compile(r"(?<![\w.])\d{1,7}(?![\w.])")
_TEXT: Final = re.compile(r"'((?:[^']|'')*)'")
_LONGEST: Final = 5_000_000
# Letters of texts that are too long.
_LETTERS: Final = ("a", "A", "1", "-", "é")


def idle_conditions(connection: psycopg.Connection[Any]) -> list[Message]:
    """Faults of the check constraints of a migrated database, which is only read."""
    labels: dict[str, list[str]] = dict(connection.execute(_LABELS).fetchall())
    parts: list[tuple[str, str, str, list[Column]]] = []
    texts: dict[tuple[str, str], list[str]] = {}
    for table, name, expression, found in connection.execute(_CHECKS).fetchall():
        columns = [Column(name, kind, not_null == "true", labels.get(kind, ())) for name, kind, not_null in found]
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


def _never_false(expression: str, columns: Sequence[Column]) -> Composable:
    """Whether an expression, or what is enough of it, isn't false for any values; false where none can tell."""
    values = values_of(expression, columns)
    if values is not None:
        return SQL("not exists (select {} where ({}) is false)").format(_every(values), SQL(expression))
    for word, joint in (("OR", " or "), ("AND", " and ")):
        if len(parts := _split(expression, word)) > 1:
            return SQL("({})").format(SQL(joint).join(_never_false(part, columns) for part in parts))
    return SQL("false")


def _every(values: Mapping[str, Sequence[str]]) -> Composable:
    """All combinations of values of columns, as the source of a query."""
    if not values:
        return SQL("")
    return SQL("from {}").format(
        SQL(" cross join ").join(
            SQL("unnest(array[{}]) as {} ({})").format(
                SQL(", ").join(map(SQL, given)), Identifier(f"of_{name}"), Identifier(name)
            )
            for name, given in values.items()
        )
    )


def _takes_long(column: str, checks: Sequence[str]) -> Composable:
    """Whether a text of some letter passes all checks of its column, which is longer than the numbers in them."""
    said = [int(number) for check in checks for number in _LENGTH.findall(check)]
    written = [len(text) for check in checks for text in _TEXT.findall(check)]
    length = max((each for each in (*said, *written) if each < _LONGEST), default=0) + 1
    return SQL("exists (select from (values {}) as tried ({}) where {})").format(
        SQL(", ").join(SQL("(repeat({}, {}))").format(letter, length) for letter in _LETTERS),
        Identifier(column),
        SQL(" and ").join(SQL("({}) is not false").format(SQL(check)) for check in checks),
    )


def _conjuncts(expression: str) -> Iterator[str]:
    """The parts of an expression that all have to hold."""
    parts = _split(expression, "AND")
    if len(parts) == 1:
        yield parts[0]
    else:
        for part in parts:
            yield from _conjuncts(part)


def _split(expression: str, word: str) -> list[str]:
    """The parts that `AND` or `OR` joins, as PostgreSQL prints an expression: each operation in parentheses."""
    tokens = scan(expression)
    if len(tokens) > 1 and (tokens[0].text, _closing(tokens)) == ("(", len(tokens) - 1):
        return _split(expression[tokens[0].end : tokens[-1].start], word)
    depth = start = 0
    parts = []
    for token in tokens:
        depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(token.text, 0)
        if depth == 0 and token.text.upper() == word:
            parts.append(expression[start : token.start].strip())
            start = token.end
    return [*parts, expression[start:].strip()]


def _closing(tokens: Sequence[Token]) -> int:
    """Where the parenthesis closes that the tokens begin with."""
    depth = 0
    for position, token in enumerate(tokens):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0:
            return position
    return len(tokens)
