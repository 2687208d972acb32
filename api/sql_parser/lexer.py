"""PostgreSQL's lexer."""

import re
from collections.abc import Iterator
from ctypes import string_at
from enum import IntEnum
from typing import Final, NamedTuple

from api.sql_parser.library import called

# Fields of protobuf's messages: the number of each, and the type of its value in the last three bits.
_TOKENS: Final = 2 << 3 | 2
_START, _END, _KIND, _KEYWORD = (number << 3 for number in (1, 2, 4, 5))

_SIMPLE: Final = re.compile("[a-z_][a-z0-9_]*")


class Kind(IntEnum):
    """Kinds of tokens that are told apart here, by libpg_query's numbers."""

    IDENTIFIER = 258
    UNICODE_IDENTIFIER = 259
    FLOAT = 260
    STRING = 261
    INTEGER = 266
    PARAMETER = 267
    LINE_COMMENT = 275
    BLOCK_COMMENT = 276


class Keyword(IntEnum):
    """Kinds of keywords: what they can't name without quotes."""

    NONE = 0
    UNRESERVED = 1
    COLUMN_NAME = 2
    TYPE_OR_FUNCTION_NAME = 3
    RESERVED = 4


class Token(NamedTuple):
    """A token, from `start` to before `end` in characters; `kind` is a number, also if `Kind` doesn't know it."""

    text: str
    start: int
    end: int
    kind: int
    keyword: int


def scan(text: str) -> list[Token]:
    """Tokens of a text, with its comments.

    Raises:
        ParseError: an unterminated string or comment, and the like.

    """
    with called("pg_query_scan", text) as (struct, places):
        encoded = string_at(struct.pbuf.data, struct.pbuf.len)
    tokens = []
    for fields in _messages(encoded):
        start, end = places[fields.get(_START, 0)], places[fields[_END]]
        tokens.append(Token(text[start:end], start, end, fields[_KIND], fields.get(_KEYWORD, 0)))
    return tokens


def is_keyword(name: str) -> bool:
    """Whether a name is a keyword that can't name a table or a column without quotes."""
    return any(token.keyword >= Keyword.TYPE_OR_FUNCTION_NAME for token in scan(name))


def quoted(name: str) -> str:
    """A name as SQL writes it: in quotes, if it means something else without."""
    if _SIMPLE.fullmatch(name) and not is_keyword(name):
        return name
    return '"{}"'.format(name.replace('"', '""'))


def _messages(encoded: bytes) -> Iterator[dict[int, int]]:
    """Fields of each token, by number; those that are 0 are left out.

    The lexer's answer is a message of protobuf. A token begins with its field's number and its length, and holds
    numbers only, so the whole is pairs of numbers.
    """
    numbers = _numbers(encoded)
    fields: dict[int, int] = {}
    for field, value in zip(numbers[::2], numbers[1::2], strict=True):
        if field != _TOKENS:
            fields[field] = value
            continue
        if _KIND in fields:
            yield fields
        fields = {}
    if _KIND in fields:
        yield fields


def _numbers(encoded: bytes) -> list[int]:
    """Numbers in protobuf's encoding: seven bits a byte, the lowest first, and a mark on all bytes but the last."""
    numbers = []
    number = shift = 0
    for byte in encoded:
        if byte & 0x80:
            number |= (byte & 0x7F) << shift
            shift += 7
        else:
            numbers.append(number | byte << shift)
            number = shift = 0
    return numbers
