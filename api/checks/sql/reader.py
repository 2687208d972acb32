"""Reads statements: selects, their CTEs and set operations, and writes."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from msgspec.structs import replace

from api.checks.sql import ast
from api.checks.sql.counting import counts_rows
from api.checks.sql.grouping import has_groups, sometimes_grouped
from api.checks.sql.scopes import Column, Cte, RelationT, Result, Scope, ValueT
from api.checks.sql.tree import expressions_in, nodes, output_name
from api.checks.sql.writes import Writes


class Reader(Writes[ValueT, RelationT]):
    """Reads one statement, and collects faults with their nodes."""

    def query(self, node: Any, outer: Scope[RelationT]) -> Result[ValueT]:
        """Result of a select, or of the `returning` of a write."""
        scope = self._ctes(getattr(node, "withClause", None), outer)
        return self._select(node, scope) if isinstance(node, ast.SelectStmt) else self.write(node, scope)

    def _ctes(self, clause: Any, outer: Scope[RelationT]) -> Scope[RelationT]:
        """The level around a query, with the CTEs of its `with`."""
        if clause is None:
            return outer
        scope = Scope(outer=outer)
        if clause.recursive:
            # Each may be referred to before it has been read.
            scope.ctes = {cte.ctename: Cte(self.recursive_reference()) for cte in clause.ctes}
        for cte in clause.ctes:
            known = scope.ctes.get(cte.ctename) or Cte(self.recursive_reference())
            if clause.recursive and isinstance(cte.ctequery, ast.SelectStmt) and cte.ctequery.larg is not None:
                known.result = self._cte_result(cte, cte.ctequery.larg, scope)
                # The recursive part can change what is known of its own input, so it's read until nothing changes.
                while (result := self._cte_result(cte, cte.ctequery, scope)) != known.result:
                    known.result = result
            elif clause.recursive and _refers_to_itself(cte):
                known.result = self._cte_result(cte, cte.ctequery, scope)
            else:
                seen = Scope(outer=outer, ctes=dict(scope.ctes))
                known.read = partial(self._cte_result, cte, cte.ctequery, seen)
                if cte.ctematerialized != ast.CTEMaterialize.CTEMaterializeAlways:
                    known.query = cte.ctequery
                known.result = self.cte(known)
            scope.ctes[cte.ctename] = known
            self.on_derived_columns(cte, {name: value for name, value in known.result.columns if name}, known.used)
            if added := tuple(self._added_columns(cte)):
                known.result = replace(known.result, columns=(*known.result.columns, *added))
        return scope

    def _cte_result(self, cte: Any, query: Any, scope: Scope[RelationT]) -> Result[ValueT]:
        """Result of a CTE's query, its columns renamed by the CTE's column list."""
        return self.rename_columns(self.query(query, scope), ast.Alias(colnames=cte.aliascolnames), cte)

    def _added_columns(self, cte: Any) -> Iterator[Column[ValueT]]:
        """Columns that `search` and `cycle` add to a CTE's."""
        if search := cte.search_clause:
            yield Column(str(search.search_seq_column), self.unknown)
        if cycle := cte.cycle_clause:
            marks = [self.value(mark, Scope()) for mark in (cycle.cycle_mark_value, cycle.cycle_mark_default)]
            yield Column(str(cycle.cycle_mark_column), self.either(marks))
            yield Column(str(cycle.cycle_path_column), self.unknown)

    def _select(self, node: Any, outer: Scope[RelationT]) -> Result[ValueT]:
        if node.intoClause is not None:
            self.refuse(node.intoClause.rel, "`select into` makes a table, and that is for a migration")
        # `for update of …` only names relations that the `from` has.
        self.seen |= {id(each) for clause in node.lockingClause or () for each in clause.lockedRels or ()}
        if node.op != ast.SetOperation.SETOP_NONE:
            result = self.set_operation(node, self.query(node.larg, outer), self.query(node.rarg, outer))
            scope = Scope(outer=outer)
        elif node.valuesLists:
            result, scope = self._values(node.valuesLists, outer), Scope(outer=outer)
        else:
            scope = self.level(outer, node.fromClause, node.whereClause, having=_of_groups(node))
            scope.grouped = has_groups(node.groupClause) or counts_rows(node.havingClause)
            scope.windows = tuple(node.windowClause or ())
            self._grouping_sets(node, scope)
            result = self.output(node.targetList, scope)
        names = {column.name for column in result.columns}
        for clause in (node.groupClause, node.distinctClause, node.sortClause):
            for expression in expressions_in(clause):
                if not _is_output(expression, names, scope):
                    self.value(expression, scope)
        self.read_parts((node.havingClause, node.windowClause, node.limitCount, node.limitOffset), scope)
        self.on_select(node, scope, result)
        return result

    def _grouping_sets(self, node: Any, scope: Scope[RelationT]) -> None:
        outputs = {target.name or output_name(target.val) for target in node.targetList or ()}
        for expression in sometimes_grouped(node.groupClause):
            found = scope.find(expression) if isinstance(expression, ast.ColumnRef) else None
            # An output's name goes before that of a column around the query.
            if found is not None and found.column is not None and not _is_output(expression, outputs, scope):
                self.on_sometimes_grouped(found, scope)
            elif found is not None or self._is_followed(expression, scope):
                self.fault(
                    node.groupClause[0],
                    "a grouping set has nulls for what it doesn't group by, and which that is isn't known of an"
                    " expression: make it a column of a subquery first",
                )

    def _is_followed(self, expression: Any, scope: Scope[RelationT]) -> bool:
        """Whether something may be known of an expression in a grouping set that is no column of a relation."""
        if not isinstance(expression, ast.ColumnRef) or all(each.complete for each in scope.relations):
            return True
        return scope.with_system_column(expression) is not None

    def _values(self, lists: Any, outer: Scope[RelationT]) -> Result[ValueT]:
        rows = [[self.value(value, outer) for value in row] for row in lists]
        # Rows differ in length only if one has a `*`, which is a fault of its own.
        columns = [
            Column(f"column{place}", self.either(values)) for place, values in enumerate(zip(*rows, strict=False), 1)
        ]
        return Result(tuple(columns), known=len({len(row) for row in rows}) == 1)


def _refers_to_itself(cte: Any) -> bool:
    return any(isinstance(node, ast.RangeVar) and node.relname == cte.ctename for node in nodes(cte.ctequery))


def _of_groups(select: Any) -> Any:
    """The `having` of a query that groups; of rows in the groups that are left it holds as `where` does."""
    plain = not any(isinstance(part, ast.GroupingSet) for part in select.groupClause or ())
    return select.havingClause if select.groupClause and plain else None


def _is_output(expression: Any, names: set[str | None], scope: Scope[RelationT]) -> bool:
    """Whether a name in an `order by` or the like means an output column, and not one of a relation."""
    match expression:
        case ast.ColumnRef(fields=[ast.String(sval=name)]) if name in names:
            return not any(name in relation.columns for relation in scope.relations)
    return False
