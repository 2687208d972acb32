"""Finds the `:name` parameters of a statement with PostgreSQL's own lexer."""

import re
from collections.abc import Iterator
from typing import Final

from api.database.statements.lexer import code_tokens
from api.sql_parser.lexer import Keyword, Kind, Token
from api.sql_parser.library import ParseError

SNAKE_CASE: Final = re.compile("[a-z][a-z0-9_]*")

_OPENING: Final = frozenset({"(", "["})
_CLOSING: Final = frozenset({")", "]"})
# Kinds of tokens that can end an expression, brackets and keywords aside.
_ENDS: Final = frozenset({Kind.IDENTIFIER, Kind.UNICODE_IDENTIFIER, Kind.INTEGER, Kind.FLOAT, Kind.STRING})


def substitute(source: str) -> tuple[str, tuple[str, ...]]:
    """Text with `$1` … `$n` for the parameters, and their names in order of first appearance.

    A parameter is a colon directly followed by a name. Within square brackets, a colon after an expression belongs to a
    slice: in `a[1:n]` there's no parameter, in `a[:n]` there's one.

    Raises:
        ParseError: a lexical error, a name that isn't snake_case or has no space before it, or a hand-written `$1`. The
            arguments are the reason and the position in characters.

    """
    names: dict[str, int] = {}
    parts: list[str] = []
    end = 0
    for start, stop, name in _parameters(source):
        number = names.setdefault(name, len(names) + 1)
        parts += (source[end:start], f"${number}")
        end = stop
    parts.append(source[end:])
    return "".join(parts), tuple(names)


def _parameters(source: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and name of each parameter."""
    tokens = code_tokens(source)
    brackets: list[str] = []
    for index, token in enumerate(tokens):
        if token.text in _OPENING:
            brackets.append(token.text)
        elif token.text in _CLOSING and brackets:
            brackets.pop()
        elif token.kind == Kind.PARAMETER:
            raise ParseError(f"{token.text} has no name: write :name", token.start)
        if token.text != ":" or index + 1 == len(tokens):
            continue
        following = tokens[index + 1]
        name = following.text
        if following.start != token.end or not (name[0].isalpha() or name[0] == "_"):
            continue
        if index and _is_slice(tokens[index - 1], token, brackets):
            continue
        if SNAKE_CASE.fullmatch(name) is None:
            raise ParseError(f":{name} is not snake_case: lowercase letters, digits and underscores", token.start)
        # `$1` in its place would become part of the word before: `limit$1` is an identifier.
        if re.match(r"[\w$]", source[token.start - 1]):
            raise ParseError(f":{name} needs a space before it", token.start)
        yield token.start, following.end, name


def _is_slice(before: Token, colon: Token, brackets: list[str]) -> bool:
    """Whether a colon separates the bounds of an array slice.

    After a keyword it does if there's no space between, as in `a[position:n]`, but not in `array[x between :a and :b]`.
    If that guess is wrong, PostgreSQL's parser refuses the text, as no text is valid both ways.
    """
    if brackets[-1:] != ["["]:
        return False
    is_end = before.kind in _ENDS or before.text in _CLOSING
    return is_end or (before.keyword != Keyword.NONE and before.end == colon.start)
