"""Finds the `:name` parameters of a statement with PostgreSQL's own lexer."""

import re
from collections.abc import Iterator
from typing import Any, Final

from pglast.parser import ParseError

from api.database.statements.lexer import code_tokens

SNAKE_CASE: Final = re.compile("[a-z][a-z0-9_]*")

_COLON: Final = "ASCII_58"
_OPENING: Final = frozenset({"ASCII_40", "ASCII_91"})
_CLOSING: Final = frozenset({"ASCII_41", "ASCII_93"})
# Tokens that can end an expression, keywords aside.
_ENDS: Final = _CLOSING | {"IDENT", "UIDENT", "ICONST", "FCONST", "SCONST"}


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
        if token.name in _OPENING:
            brackets.append(token.name)
        elif token.name in _CLOSING and brackets:
            brackets.pop()
        elif token.name == "PARAM":
            raise ParseError(f"{source[token.start : token.end + 1]} has no name: write :name", token.start)
        if token.name != _COLON or index + 1 == len(tokens):
            continue
        following = tokens[index + 1]
        name = source[following.start : following.end + 1]
        if following.start != token.end + 1 or not (name[0].isalpha() or name[0] == "_"):
            continue
        if index and _is_slice(tokens[index - 1], token, brackets):
            continue
        if SNAKE_CASE.fullmatch(name) is None:
            raise ParseError(f":{name} is not snake_case: lowercase letters, digits and underscores", token.start)
        # `$1` in its place would become part of the word before: `limit$1` is an identifier.
        if re.match(r"[\w$]", source[token.start - 1]):
            raise ParseError(f":{name} needs a space before it", token.start)
        yield token.start, following.end + 1, name


def _is_slice(before: Any, colon: Any, brackets: list[str]) -> bool:
    """Whether a colon separates the bounds of an array slice.

    After a keyword it does if there's no space between, as in `a[position:n]`, but not in `array[x between :a and :b]`.
    If that guess is wrong, PostgreSQL's parser refuses the text, as no text is valid both ways.
    """
    if brackets[-1:] != ["ASCII_91"]:
        return False
    return before.name in _ENDS or (before.kind != "NO_KEYWORD" and before.end + 1 == colon.start)
