"""What a statement does to the database, from PostgreSQL's parse tree."""

from functools import cache

from pglast import ast, enums, parse_sql
from pglast.visitors import Visitor


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


def updates_rows(text: str) -> bool:
    """Whether a statement changes rows that are there, each of which it changes only once."""
    [statement] = parse_sql(text)
    updates = _Updates()
    updates(statement)
    return updates.found


@cache
def reads_only(text: str) -> bool:
    """Whether a statement changes nothing, so that it may be run again."""
    [statement] = parse_sql(text)
    if not isinstance(statement.stmt, ast.SelectStmt):
        return False
    writes = _Writes()
    writes(statement)
    return not writes.found
