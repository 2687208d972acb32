"""`:name` parameters of a statement, told from what only looks like them by PostgreSQL's own lexer."""

import re
from collections.abc import Iterator
from typing import Final

from pglast.parser import scan

_COLON: Final = "ASCII_58"
_OPENING: Final = frozenset({"ASCII_40", "ASCII_91"})
_CLOSING: Final = {"ASCII_41": "ASCII_40", "ASCII_93": "ASCII_91"}
# What can stand at the end of an expression: a colon behind it, within brackets, separates the bounds of a slice.
_ENDS: Final = frozenset({"IDENT", "ICONST", "FCONST", "SCONST", "ASCII_41", "ASCII_93", "END_P", "NULL_P"})
_NAMES_COLUMNS: Final = frozenset({"UNRESERVED_KEYWORD", "COL_NAME_KEYWORD"})
_NAME: Final = re.compile("[a-z_][a-z0-9_]*")


def substitute(source: str) -> tuple[str, tuple[str, ...]]:
    """Text with `$1` … `$n` for the parameters, and their names in that order, which is the order they first appear in.

    A parameter is a colon with a name right behind it. Within brackets, a colon behind an expression is a slice's:
    in `a[1:n]` there's no parameter, in `a[:n]` there's one.

    Raises:
        pglast.parser.ParseError: the text isn't SQL even to the lexer.
        ValueError: a name that isn't lowercase, or a `$1` of the author's own.

    """
    names: list[str] = []
    parts: list[str] = []
    end = 0
    for start, stop, name in _parameters(source):
        if name not in names:
            names.append(name)
        parts += (source[end:start], f"${names.index(name) + 1}")
        end = stop
    parts.append(source[end:])
    return "".join(parts), tuple(names)


def _parameters(source: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and name of each parameter, in characters."""
    tokens = [token for token in scan(source) if token.name not in {"SQL_COMMENT", "C_COMMENT"}]
    brackets: list[str] = []
    for index, token in enumerate(tokens):
        if token.name in _OPENING:
            brackets.append(token.name)
        elif token.name in _CLOSING and brackets:
            brackets.pop()
        elif token.name == "PARAM":
            raise ValueError(f"{source[token.start : token.end + 1]} has no name: write :name")
        if token.name != _COLON or index + 1 == len(tokens):
            continue
        following = tokens[index + 1]
        name = source[following.start : following.end + 1]
        if following.start != token.end + 1 or not (name[0].isalpha() or name[0] == "_"):
            continue
        before = tokens[index - 1]
        if brackets[-1:] == ["ASCII_91"] and (before.name in _ENDS or before.kind in _NAMES_COLUMNS):
            continue
        if not _NAME.fullmatch(name):
            raise ValueError(f":{name} is no lowercase name of letters, digits and underscores")
        yield token.start, following.end + 1, name
