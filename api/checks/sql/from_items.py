"""Reads the relations of a `from`: tables, CTEs, subqueries, functions and joins of them."""

from typing import Any

from pglast import ast

from api.checks.sql.analysis import Join
from api.checks.sql.results import Results
from api.checks.sql.scopes import Column, RelationT, Result, Scope, ValueT
from api.checks.sql.tree import names_in


class FromItems(Results[ValueT, RelationT]):
    """The part of the reader that reads relations."""

    def level(
        self, outer: Scope[RelationT], items: Any, where: Any, target: RelationT | None = None
    ) -> Scope[RelationT]:
        """A level of a query: its relations, a write's target before them, and the condition on their rows."""
        scope = self.relations(outer, items, where, target)
        self.look_through(where, scope)
        self.restricted(scope, where, target)
        return scope

    def relations(
        self,
        outer: Scope[RelationT],
        items: Any,
        where: Any,  # noqa: ARG002
        target: RelationT | None,
    ) -> Scope[RelationT]:
        """The relations of a level; an analysis may read them more than once, each time into a new scope."""
        return self.read_items(Scope(outer=outer), items, target)

    def read_items(self, scope: Scope[RelationT], items: Any, target: RelationT | None) -> Scope[RelationT]:
        if target is not None:
            scope.relations.append(target)
        for item in items or ():
            self._item(item, scope)
        return scope

    def target(self, node: Any) -> RelationT:
        """The table that a write is about."""
        return self._table(node, Scope())

    def _item(self, item: Any, scope: Scope[RelationT]) -> list[RelationT]:
        """Read an item into a level; gives the relations that came of it."""
        # A lateral item sees what stands to its left, and no more.
        left = Scope(list(scope.relations), scope.outer)
        match item:
            case ast.JoinExpr():
                return self._join(item, scope)
            case ast.RangeTableSample():
                self.look_through((item.args, item.repeatable), left)
                return self._item(item.relation, scope)
            case ast.RangeVar():
                relation = self._table(item, scope)
            case ast.RangeSubselect():
                result = self.query(item.subquery, left if item.lateral else scope.outer or Scope())
                relation = self._relation(item.alias, self.named(result, item.alias, item), item)
                self.watch(item, relation.columns, relation.used)
            case ast.RangeFunction():
                relation = self._function(item, left)
            case _:
                self.refuse(item)
                relation = self._relation(getattr(item, "alias", None), Result(known=False), item)
        self.add(relation, scope)
        return [relation]

    def _relation(self, alias: Any, result: Result[ValueT], node: Any) -> RelationT:
        return self.relation(alias.aliasname if alias is not None else "", result, node)

    def _table(self, node: Any, scope: Scope[RelationT]) -> RelationT:
        """A table, or the CTE of that name."""
        self.seen.add(id(node))
        cte = scope.cte(node.relname) if node.schemaname is None else None
        result = cte.result if cte is not None else self.table(node)
        relation = self._relation(node.alias, self.named(result, node.alias, node), node if cte is None else None)
        relation.alias = relation.alias or node.relname
        if cte is not None and not (node.alias is not None and node.alias.colnames):
            relation.used = cte.used
        return relation

    def _function(self, item: Any, scope: Scope[RelationT]) -> RelationT:
        if item.alias is None:
            self.fault(item, "a function's rows hide others that are called as it is: give them a name with `as`")
        result = self.functions(item, scope)
        match result.columns:
            case [(None, value)] if item.alias is not None and not item.alias.colnames:
                result = Result((Column(item.alias.aliasname, value),), result.known, result.traits)
        relation = self._relation(item.alias, self.named(result, item.alias, item), item)
        self.watch(item, relation.columns, relation.used)
        return relation

    def _join(self, node: Any, scope: Scope[RelationT]) -> list[RelationT]:
        left = self._item(node.larg, scope)
        right = self._item(node.rarg, scope)
        if node.isNatural:
            self.fault(node, "a natural join changes its meaning with its tables: write `on` or `using`")
        if node.alias is not None or node.join_using_alias is not None:
            self.fault(node, "an alias of a join hides those in it: leave it out")
        # A condition sees the sides of its join, and no other relation of the level.
        sides = Scope(left + right, scope.outer)
        self.look_through(node.quals, sides)
        names = names_in(node.usingClause)
        equated = [(name, _having(name, left), _having(name, right)) for name in names]
        for relation in left + right:
            relation.merged.update(names)
            relation.used.update(relation.columns.keys() & set(names))
        self.joined(Join(node, left, right, sides, equated))
        return left + right


def _having(name: str, side: list[RelationT]) -> RelationT | None:
    """The relation whose column a `using` means, unless one before may have merged it."""
    having = [relation for relation in side if name in relation.columns]
    return having[0] if len(having) == 1 and name not in having[0].merged else None
