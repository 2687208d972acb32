"""PostgreSQL's parser."""

from collections.abc import Iterator, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from api.sql_parser.library import ParseError, called

_LOCATIONS: Final = frozenset(
    {"location", "name_location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end"}
)


class Parsed(NamedTuple):
    """A statement of a text: its place in characters, without its semicolon, and its parse tree.

    The tree is PostgreSQL's, in JSON. A node is a dictionary of its kind and its parts, as in `{"SelectStmt":
    {"fromClause": [{"RangeVar": {"relname": "users"}}]}}`. Parts that are null, 0, false or empty are left out, and so
    is the kind of a part that can have only one. Locations are in characters.
    """

    start: int
    end: int
    tree: dict[str, Any]


def parse(text: str) -> list[Parsed]:
    """Statements of a text.

    Raises:
        ParseError: a syntax error, or a statement that is too deep for Python.

    """
    with called("pg_query_parse", text) as (struct, places):
        try:
            statements = msgspec.json.decode(struct.parse_tree).get("stmts", ())
        except RecursionError:
            raise ParseError("is nested too deeply: take it apart", 0) from None
    return [_parsed(statement, places) for statement in statements]


def members(tree: Any) -> Iterator[tuple[str, Any]]:
    """Names and values of all members of a tree: its nodes by their kinds, and their parts."""
    for part in _dictionaries(tree):
        yield from part.items()


def _dictionaries(tree: Any) -> Iterator[dict[str, Any]]:
    left = [tree]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            yield part
            left += part.values()
        elif isinstance(part, list):
            left += part


def _parsed(statement: dict[str, Any], places: Sequence[int]) -> Parsed:
    start = statement.get("stmt_location", 0)
    # A statement without a semicolon has no length: it goes to the end.
    end = start + statement["stmt_len"] if "stmt_len" in statement else len(places) - 1
    for part in _dictionaries(statement["stmt"]):
        for name in _LOCATIONS & part.keys():
            part[name] = places[part[name]] if part[name] > 0 else part[name]
    return Parsed(places[start], places[end], statement["stmt"])
