"""What a statement does to the database, from PostgreSQL's parse tree."""

from functools import cache

from pglast import ast, parse_sql
from pglast.visitors import Visitor


class _Writes(Visitor):
    found = False

    def visit(self, ancestors: object, node: object) -> None:  # noqa: ARG002
        if isinstance(node, ast.InsertStmt | ast.UpdateStmt | ast.DeleteStmt | ast.MergeStmt):
            self.found = True


@cache
def reads_only(text: str) -> bool:
    """Whether a statement changes nothing, so that it may be run again."""
    [statement] = parse_sql(text)
    if not isinstance(statement.stmt, ast.SelectStmt):
        return False
    writes = _Writes()
    writes(statement)
    return not writes.found
