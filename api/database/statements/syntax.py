"""Parses statements, and tells whether they only read, or update rows."""

import re
from collections.abc import Sequence
from typing import Any, Final

from api.sql_parser.library import ParseError
from api.sql_parser.parser import members, parse

_PLACEHOLDER: Final = re.compile(r'(?<=near ")\$(\d+)(?="$)')
_WRITES: Final = frozenset({"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})


def parse_statement(text: str, parameters: Sequence[str]) -> dict[str, Any]:
    """Parse tree of the one statement in a text with `$1` … `$n` for `parameters`.

    Raises:
        ParseError: a syntax error; the reason has the parameters' names.

    """
    try:
        [statement] = parse(text)
    except ParseError as error:
        reason = _PLACEHOLDER.sub(lambda found: f":{parameters[int(found[1]) - 1]}", error.reason)
        raise ParseError(reason, error.position) from None
    return statement.tree


def updates_rows(tree: dict[str, Any]) -> bool:
    """Whether a statement updates rows, each of which it can update only once."""
    return any(map(_updates, members(tree)))


def reads_only(tree: dict[str, Any]) -> bool:
    """Whether a statement changes nothing, so that it may be run again."""
    return "SelectStmt" in tree and not any(name in _WRITES for name, _ in members(tree))


def _updates(member: tuple[str, Any]) -> bool:
    match member:
        case (
            ("UpdateStmt", _)
            | ("MergeWhenClause", {"commandType": "CMD_UPDATE"})
            | ("onConflictClause", {"action": "ONCONFLICT_UPDATE"})
        ):
            return True
    return False
