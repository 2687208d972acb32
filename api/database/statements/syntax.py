"""Parses statements, and tells whether they only read, or update rows."""

import re
from collections.abc import Sequence
from typing import Any, Final

from pglast import ast, enums, parse_sql
from pglast.parser import ParseError
from pglast.visitors import Visitor

_PLACEHOLDER: Final = re.compile(r'(?<=near ")\$(\d+)(?="$)')


def parse_statement(text: str, parameters: Sequence[str]) -> Any:
    """Parse tree, an `ast.RawStmt`, of the one statement in a text with `$1` … `$n` for `parameters`.

    Raises:
        ParseError: a syntax error; the arguments are the reason, with the parameters' names, and the position in
            characters.

    """
    try:
        [statement] = parse_sql(text)
    except ParseError as error:
        reason, position = error.args
        raise ParseError(
            _PLACEHOLDER.sub(lambda found: f":{parameters[int(found[1]) - 1]}", reason), position
        ) from None
    return statement


class _Writes(Visitor):
    found = False

    def visit(self, ancestors: object, node: object) -> None:  # noqa: ARG002
        if isinstance(node, ast.InsertStmt | ast.UpdateStmt | ast.DeleteStmt | ast.MergeStmt):
            self.found = True


class _Updates(Visitor):
    found = False

    def visit(self, ancestors: object, node: object) -> None:  # noqa: ARG002
        match node:
            case ast.UpdateStmt():
                self.found = True
            case ast.MergeWhenClause(commandType=enums.CmdType.CMD_UPDATE):
                self.found = True
            case ast.OnConflictClause(action=enums.OnConflictAction.ONCONFLICT_UPDATE):
                self.found = True


def updates_rows(statement: Any) -> bool:
    """Whether a statement (`ast.RawStmt`) updates rows, each of which it can update only once."""
    updates = _Updates()
    updates(statement)
    return updates.found


def reads_only(statement: Any) -> bool:
    """Whether a statement (`ast.RawStmt`) changes nothing, so that it may be run again."""
    if not isinstance(statement.stmt, ast.SelectStmt):
        return False
    writes = _Writes()
    writes(statement)
    return not writes.found
