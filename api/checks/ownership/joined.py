"""Proves that a statement which may reach anybody's rows keeps to one owner's at a time.

One table of it is chosen, whose rows are taken to be one owner's; all others then have to be restricted to that owner,
as those of other statements to the caller. If no choice has that come out, rows of several owners could meet.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from api.checks.faults import Message
from api.checks.ownership.owned_tables import OWNED, Labels
from api.checks.ownership.reader import Reader
from api.checks.ownership.relations import Relation, Result
from api.checks.sql import ast
from api.checks.sql.tree import function_name, nodes
from api.database.statements.files import Statement


class _Chosen(Reader):
    """Takes the rows of chosen nodes to be one owner's."""

    def __init__(self, statement: Statement, chosen: Sequence[Any]) -> None:
        super().__init__(statement, OWNED)
        self._chosen = {id(node) for node in chosen}

    def relation(self, alias: str, result: Result, node: Any) -> Relation:
        relation = super().relation(alias, result, node)
        if id(node) in self._chosen:
            relation.mark_restricted()
        return relation

    def on_insert(self, target: Relation, given: Mapping[str, Labels], rows: Sequence[Sequence[Any]]) -> None:
        if id(target.node) not in self._chosen:
            super().on_insert(target, given, rows)


def joined_faults(statement: Statement, tree: Any) -> Iterator[tuple[Any, Message]]:
    """Tables whose rows could meet those of another owner, with what to do; none if a choice of the owner has none."""
    fewest: list[tuple[Any, str]] | None = None
    for chosen in [*_choices(tree)] or [[]]:
        reader = _Chosen(statement, chosen)
        reader.read(tree)
        # Whether calls mix is looked at with all statements.
        found = [(node, what) for node, what in reader.faults if isinstance(node, ast.RangeVar | ast.FuncCall)]
        if fewest is None or len(found) < len(fewest):
            fewest = found
        if not fewest:
            return
    for node, _ in fewest or ():
        name = node.relname if isinstance(node, ast.RangeVar) else function_name(node)
        yield node, f"join {name} by its owner, or note `-- owner: any, because REASON`: rows of several could meet"


def _choices(tree: Any) -> Iterator[list[Any]]:
    """Each table of a statement; one that is changed with the subqueries that choose its rows.

    Rows of a CTE that is referred to twice can meet those of another owner in it, so its tables are none.
    """
    references = Counter(node.relname for node in nodes(tree) if isinstance(node, ast.RangeVar))
    ctes = [node for node in nodes(tree) if isinstance(node, ast.CommonTableExpr)]
    repeated = {id(part) for cte in ctes if references[cte.ctename] > 1 for part in nodes(cte.ctequery)}
    for node in nodes(tree):
        if isinstance(node, ast.RangeVar) and node.relname in OWNED and id(node) not in repeated:
            yield [node]
        if isinstance(node, ast.UpdateStmt | ast.DeleteStmt) and node.relation.relname in OWNED:
            read = [part for part in nodes(node.whereClause) if isinstance(part, ast.RangeVar)]
            yield [node.relation, *(part for part in read if part.relname == node.relation.relname)]
