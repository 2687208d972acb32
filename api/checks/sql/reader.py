"""Reads statements: selects, their CTEs and set operations, and writes."""

from typing import Any

from pglast import ast, enums

from api.checks.sql.scopes import Column, Cte, RelationT, Result, Scope, ValueT
from api.checks.sql.tree import expressions_in
from api.checks.sql.writes import Writes


class Reader(Writes[ValueT, RelationT]):
    """Reads one statement, and collects faults, each with the node that it is about."""

    def query(self, node: Any, outer: Scope[RelationT]) -> Result[ValueT]:
        """Result of a select, or of the `returning` of a write."""
        scope = self._ctes(getattr(node, "withClause", None), outer)
        return self._select(node, scope) if isinstance(node, ast.SelectStmt) else self.write(node, scope)

    def _ctes(self, clause: Any, outer: Scope[RelationT]) -> Scope[RelationT]:
        """A level around a query that knows the CTEs of its `with`."""
        if clause is None:
            return outer
        scope = Scope(outer=outer)
        if clause.recursive:
            # Each may be referred to before it's read.
            scope.ctes = {cte.ctename: Cte(self.unread()) for cte in clause.ctes}
        for cte in clause.ctes:
            if cte.search_clause is not None or cte.cycle_clause is not None:
                self.fault(cte, "`search` and `cycle` add columns that aren't known here: write them as columns")
            known = scope.ctes.get(cte.ctename) or Cte(self.unread())
            if clause.recursive and isinstance(cte.ctequery, ast.SelectStmt) and cte.ctequery.larg is not None:
                known.result = self._listed(cte, cte.ctequery.larg, scope)
                # What is made of a recursive query's rows may be another thing in the second round, or later.
                while (result := self._listed(cte, cte.ctequery, scope)) != known.result:
                    known.result = result
            else:
                known.result = self._listed(cte, cte.ctequery, scope)
            scope.ctes[cte.ctename] = known
            self.watch(cte, {name: value for name, value in known.result.columns if name}, known.used)
        return scope

    def _listed(self, cte: Any, query: Any, scope: Scope[RelationT]) -> Result[ValueT]:
        """Result of a query under the names of a CTE's list."""
        return self.named(self.query(query, scope), ast.Alias(colnames=cte.aliascolnames), cte)

    def _select(self, node: Any, outer: Scope[RelationT]) -> Result[ValueT]:
        if node.intoClause is not None:
            self.refuse(node.intoClause.rel, "`select into` makes a table, and that is for a migration")
        # Relations that are locked are only named there.
        self.seen |= {id(each) for clause in node.lockingClause or () for each in clause.lockedRels or ()}
        if node.op != enums.SetOperation.SETOP_NONE:
            result = self.both(node, self.query(node.larg, outer), self.query(node.rarg, outer))
            scope = Scope(outer=outer)
        elif node.valuesLists:
            result, scope = self._values(node.valuesLists, outer), Scope(outer=outer)
        else:
            scope = self.level(outer, node.fromClause, node.whereClause)
            scope.grouped = bool(node.groupClause)
            result = self.output(node.targetList, scope)
        if any(isinstance(part, ast.GroupingSet) for part in node.groupClause or ()):
            self.fault(
                node.groupClause[0],
                "a grouping set has nulls for what it doesn't group by: write a query for each, joined by `union all`",
            )
        names = {column.name for column in result.columns}
        for clause in (node.groupClause, node.distinctClause, node.sortClause):
            for expression in expressions_in(clause):
                if not _is_output(expression, names, scope):
                    self.value(expression, scope)
        self.look_through((node.havingClause, node.windowClause, node.limitCount, node.limitOffset), scope)
        self.selected(node, scope, result)
        return result

    def _values(self, lists: Any, outer: Scope[RelationT]) -> Result[ValueT]:
        rows = [[self.value(value, outer) for value in row] for row in lists]
        # Rows differ in length only where there is a `*`, which is a fault.
        columns = [
            Column(f"column{place}", self.either(values)) for place, values in enumerate(zip(*rows, strict=False), 1)
        ]
        return Result(tuple(columns), known=len({len(row) for row in rows}) == 1)


def _is_output(expression: Any, names: set[str | None], scope: Scope[RelationT]) -> bool:
    """Whether a name in an `order by` or the like is one of the result's columns, and none of a relation's."""
    match expression:
        case ast.ColumnRef(fields=[ast.String(sval=name)]) if name in names:
            return not any(name in relation.columns for relation in scope.relations)
    return False
