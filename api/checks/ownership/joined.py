"""Proves that a statement which may reach anybody's rows keeps to one owner's at a time.

One table of it is chosen, whose rows are taken to be one owner's; all others then have to be restricted to that owner,
as those of other statements to the caller. If no choice has that come out, rows of several owners could meet.
"""

from collections import Counter
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from api.checks.faults import Message
from api.checks.ownership.owned_tables import OWNED, Labels
from api.checks.ownership.reader import Reader
from api.checks.ownership.relations import Relation, Result
from api.checks.sql import ast
from api.checks.sql.tree import function_name, nodes, parts
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

    Rows of a CTE that a query reads twice can meet those of another owner in it, so its tables are none.
    """
    doubled = set(_doubled(tree))
    for node in nodes(tree):
        if isinstance(node, ast.RangeVar) and node.relname in OWNED and id(node) not in doubled:
            yield [node]
        if isinstance(node, ast.UpdateStmt | ast.DeleteStmt) and node.relation.relname in OWNED:
            read = [part for part in nodes(node.whereClause) if isinstance(part, ast.RangeVar)]
            chosen = [node.relation, *(part for part in read if part.relname == node.relation.relname)]
            if doubled.isdisjoint(map(id, chosen)):
                yield chosen


def _doubled(tree: Any) -> Iterator[int]:
    """Ids of the nodes of CTEs that one query reads twice, by itself or through other CTEs."""
    ctes = {node.ctename: node.ctequery for node in nodes(tree) if isinstance(node, ast.CommonTableExpr)}
    # A CTE doesn't read itself, but a table of its name, or what it had before.
    bodies = [
        (name, [name_read for name_read in _ctes_read(body, ctes) if name_read != name])
        for name, query in [("", tree), *ctes.items()]
        for body in _bodies(query)
    ]
    reached = {name: {each for of, read in bodies if of == name for each in read} for name in ctes}
    for _ in ctes:
        reached = {name: each.union(*(reached[other] for other in each)) for name, each in reached.items()}
    for _, read in bodies:
        for name, times in Counter(each for other in read for each in {other, *reached[other]}).items():
            if times > 1:
                yield from map(id, nodes(ctes[name]))


def _bodies(query: Any) -> Iterator[Any]:
    """The queries whose rows a set operation puts one after the other."""
    if isinstance(query, ast.SelectStmt) and query.op != ast.SetOperation.SETOP_NONE:
        for side in (query.larg, query.rarg):
            yield from _bodies(side)
    else:
        yield query


def _ctes_read(node: Any, ctes: Container[str]) -> Iterator[str]:
    """Names of the CTEs that a query refers to, once for each reference, without what those refer to."""
    if isinstance(node, ast.CommonTableExpr):
        return
    if isinstance(node, ast.RangeVar) and node.relname in ctes:
        yield node.relname
    for part in parts(node):
        yield from _ctes_read(part, ctes)
