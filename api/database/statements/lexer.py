"""Splits statements with PostgreSQL's own lexer."""

from typing import Final

from api.sql_parser.lexer import Kind, Token, scan
from api.sql_parser.library import ParseError

_COMMENTS: Final = frozenset({Kind.LINE_COMMENT, Kind.BLOCK_COMMENT})


def code_tokens(text: str) -> list[Token]:
    """Tokens, without comments.

    Raises:
        ParseError: an unterminated string or comment, and the like.

    """
    return [token for token in scan(text) if token.kind not in _COMMENTS]


def single_statement(text: str) -> tuple[int, int]:
    """Start and end, in characters, of the only statement in a text, without its semicolon.

    Raises:
        ParseError: there's none, or more than one, or no semicolon.

    """
    tokens = code_tokens(text)
    ends = [index for index, token in enumerate(tokens) if token.text == ";"]
    if not tokens or ends[:1] == [0]:
        raise ParseError("has no statement", 0)
    if not ends:
        raise ParseError("has no semicolon at its end", tokens[-1].end)
    if ends[0] != len(tokens) - 1:
        raise ParseError("has more than one statement: give each its own `-- name:`", tokens[ends[0] + 1].start)
    return tokens[0].start, tokens[-2].end
