"""Reads `from`: tables, CTEs, subqueries, functions and joins."""

from collections.abc import Callable
from typing import Any

from api.checks.sql import ast
from api.checks.sql.analysis import Join
from api.checks.sql.json_items import json_columns
from api.checks.sql.results import Results
from api.checks.sql.scopes import Column, RelationT, Result, Scope, ValueT
from api.checks.sql.tree import names_in


class FromItems(Results[ValueT, RelationT]):
    """The part of the reader that reads relations."""

    def level(
        self, outer: Scope[RelationT], items: Any, where: Any, target: RelationT | None = None, having: Any = None
    ) -> Scope[RelationT]:
        """Read a query level: the target of a write, if any, then the relations of the `from`, then the `where`."""
        held = where
        if having is not None:
            conditions = (where, having) if where is not None else (having,)
            held = ast.BoolExpr(boolop=ast.BoolExprType.AND_EXPR, args=conditions)
        scope = self.relations(outer, items, held, target)
        self.read_parts(where, scope)
        self.on_where(scope, held, target)
        return scope

    def relations(
        self,
        outer: Scope[RelationT],
        items: Any,
        where: Any,  # noqa: ARG002
        target: RelationT | None,
    ) -> Scope[RelationT]:
        """Read the relations of a level; an analysis may do so repeatedly, each time into a new scope."""
        return self.read_items(Scope(outer=outer), items, target)

    def read_items(self, scope: Scope[RelationT], items: Any, target: RelationT | None) -> Scope[RelationT]:
        if target is not None:
            scope.relations.append(target)
        for item in items or ():
            self._item(item, scope)
        return scope

    def target(self, node: Any) -> RelationT:
        """The table that is written to."""
        return self._table(node, Scope())

    def _item(self, item: Any, scope: Scope[RelationT]) -> list[RelationT]:
        """Read a `from` item into a level; returns its relations."""
        # A lateral item sees only the items to its left.
        left = Scope(list(scope.relations), scope.outer)
        match item:
            case ast.JoinExpr():
                return self._join(item, scope)
            case ast.RangeTableSample():
                self.read_parts((item.args, item.repeatable), left)
                return self._item(item.relation, scope)
            case ast.RangeVar():
                relation = self._table(item, scope)
            case ast.RangeSubselect():
                outer = left if item.lateral else scope.outer or Scope()
                result = self._derived(item.subquery, lambda: self.query(item.subquery, outer), item, scope)
                relation = self._relation(item.alias, result, item)
                self.on_subselect(item, relation, outer)
                self.on_derived_columns(item, relation.columns, relation.used)
            case ast.RangeFunction():
                relation = self._function(item, left)
            case ast.JsonTable():
                relation = self._json_table(item, left)
            case _:
                self.refuse(item)
                relation = self._relation(getattr(item, "alias", None), Result(known=False), item)
        self.add_relation(relation, scope)
        return [relation]

    def _relation(self, alias: Any, result: Result[ValueT], node: Any) -> RelationT:
        return self.relation(alias.aliasname if alias is not None else "", result, node)

    def _table(self, node: Any, scope: Scope[RelationT]) -> RelationT:
        """A table, or the CTE of that name."""
        self.seen.add(id(node))
        cte = scope.cte(node.relname) if node.schemaname is None else None
        if cte is None:
            result = self.rename_columns(self.table(node), node.alias, node)
        else:
            result = self._derived(cte.query, lambda: self.reference(cte), node, scope)
        relation = self._relation(node.alias, result, node if cte is None else None)
        relation.alias = relation.alias or node.relname
        if cte is not None and not (node.alias is not None and node.alias.colnames):
            relation.used = cte.used
        return relation

    def _derived(
        self, query: Any, read: Callable[[], Result[ValueT]], item: Any, scope: Scope[RelationT]
    ) -> Result[ValueT]:
        """Result of a subquery or a CTE with the columns that a `from` item renames."""
        return self.derived(query, lambda: self.rename_columns(read(), item.alias, item), scope)

    def _function(self, item: Any, scope: Scope[RelationT]) -> RelationT:
        if item.alias is None:
            self.fault(item, "a function's rows hide others that are called as it is: give them a name with `as`")
        result = self.functions(item, scope)
        match result.columns:
            case [(None, value)] if item.alias is not None and not item.alias.colnames:
                result = Result((Column(item.alias.aliasname, value),), result.known, result.traits)
        relation = self._relation(item.alias, self.rename_columns(result, item.alias, item), item)
        self.on_derived_columns(item, relation.columns, relation.used)
        return relation

    def _json_table(self, item: Any, scope: Scope[RelationT]) -> RelationT:
        if item.alias is None:
            self.fault(item, "a function's rows hide others that are called as it is: give them a name with `as`")
        self.read_parts((item.context_item, item.passing), scope)
        columns = tuple(
            Column(str(column.name), self.json_column(column, nested=nested)) for column, nested in json_columns(item)
        )
        return self._relation(item.alias, self.rename_columns(Result(columns), item.alias, item), item)

    def _join(self, node: Any, scope: Scope[RelationT]) -> list[RelationT]:
        left = self._item(node.larg, scope)
        right = self._item(node.rarg, scope)
        natural = _common_columns(left, right) if node.isNatural else []
        if natural is None:
            self.fault(
                node,
                "a natural join changes its meaning with its tables: write `on` or `using`, or name the columns in"
                " subqueries",
            )
        if node.alias is not None or node.join_using_alias is not None:
            self.fault(node, "an alias of a join hides those in it: leave it out")
        # A join condition sees only the two sides of its join.
        sides = Scope(left + right, scope.outer)
        self.read_parts(node.quals, sides)
        names = natural or names_in(node.usingClause)
        equated = [(name, _using_relation(name, left), _using_relation(name, right)) for name in names]
        for relation in left + right:
            relation.used.update(relation.columns.keys() & set(names))
        # The name of a `using` means the column of the side which is kept, or either in a full join.
        for relation in left if node.jointype == ast.JoinType.JOIN_RIGHT else right:
            relation.shadowed.update(names)
        merged = self._merged(equated) if node.jointype == ast.JoinType.JOIN_FULL else {}
        self.on_join(Join(node, left, right, sides, equated))
        for relation in left:
            relation.merged |= merged
        return left + right

    def _merged(self, equated: list[tuple[str, RelationT | None, RelationT | None]]) -> dict[str, ValueT]:
        """Values of what a full join merges, of which one side is there, so it's asked before the sides may lack."""
        return {
            name: self.unknown
            if one is None or other is None
            else self.either([one.columns[name], other.columns[name]])
            for name, one, other in equated
        }


def _common_columns(left: list[RelationT], right: list[RelationT]) -> list[str] | None:
    """Names that both sides of a natural join have; None if a table is among them, or their columns aren't known."""
    if any(isinstance(each.node, ast.RangeVar) or not each.complete for each in left + right):
        return None
    others = {name for relation in right for name in relation.columns}
    return list(dict.fromkeys(name for relation in left for name in relation.columns if name in others))


def _using_relation(name: str, side: list[RelationT]) -> RelationT | None:
    """The relation whose column a `using` names; None if there are several, or a full join merged the column."""
    having = [relation for relation in side if name in relation.columns and name not in relation.shadowed]
    return having[0] if len(having) == 1 and name not in having[0].merged else None
