"""Reads `insert`, `update`, `delete` and `merge`."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from api.checks.sql import ast
from api.checks.sql.from_items import FromItems
from api.checks.sql.scopes import Column, RelationT, Result, Scope, ValueT
from api.checks.sql.tree import names_in

# The rows before and after a write, and what they are called in `returning`.
_VERSIONS: Final = {
    ast.ReturningOptionKind.RETURNING_OPTION_OLD: "old",
    ast.ReturningOptionKind.RETURNING_OPTION_NEW: "new",
}


class Writes(FromItems[ValueT, RelationT]):
    """The part of the reader that reads writes."""

    def write(self, node: Any, scope: Scope[RelationT]) -> Result[ValueT]:
        """Result of a write: the columns of its `returning`."""
        match node:
            case ast.InsertStmt():
                return self._insert(node, scope)
            case ast.UpdateStmt() | ast.DeleteStmt():
                return self._change(node, scope)
            case ast.MergeStmt():
                return self._merge(node, scope)
        self.refuse(node, "is neither a select nor an insert, update, delete or merge: put it into a migration")
        return Result(known=False)

    def _insert(self, node: Any, outer: Scope[RelationT]) -> Result[ValueT]:
        target = self.target(node.relation)
        source: Result[ValueT] = self.query(node.selectStmt, outer) if node.selectStmt is not None else Result()
        scope = Scope([target], outer)
        self.read_parts([column.indirection for column in node.cols or ()], scope)
        given = self._given_values(node.cols, target, source)
        self.on_insert(target, given, getattr(node.selectStmt, "valuesLists", None) or ())
        if node.onConflictClause is not None:
            self._resolve_conflict(node.onConflictClause, target, given, scope)
        self.on_write(node, target, [])
        return replace(self._returning(node, target, [], outer), traits=source.traits)

    def _given_values(self, targets: Any, target: RelationT, row: Result[ValueT]) -> dict[str, ValueT]:
        """Values of an inserted row by column; in the table's order if the insert names no columns."""
        names = names_in(targets) or list(target.columns if target.complete else ())[: len(row.columns)]
        return {name: row.at(place, self.unknown) for place, name in enumerate(names)}

    def _resolve_conflict(self, clause: Any, target: RelationT, given: Any, scope: Scope[RelationT]) -> None:
        if clause.infer is not None:
            self.read_parts((clause.infer.indexElems, clause.infer.whereClause), scope)
        if clause.action != ast.OnConflictAction.ONCONFLICT_UPDATE:
            return
        excluded = self.relation("excluded", Result(), clause)
        excluded.columns, excluded.hidden, excluded.complete = self.excluded(target, given), True, target.complete
        level = Scope([target, excluded], scope.outer)
        self.on_conflict_update(clause, target, given, level)
        self.read_parts(clause.whereClause, level)
        self._assign(clause.targetList, target, level)

    def _change(self, node: Any, outer: Scope[RelationT]) -> Result[ValueT]:
        target = self.target(node.relation)
        items = node.fromClause if isinstance(node, ast.UpdateStmt) else node.usingClause
        scope = self.level(outer, items, node.whereClause, target)
        if isinstance(node, ast.UpdateStmt):
            self.on_update(node, target)
            self._assign(node.targetList, target, scope)
        others = scope.relations[1:]
        self.on_write(node, target, others)
        return self._returning(node, target, others, outer)

    def _merge(self, node: Any, outer: Scope[RelationT]) -> Result[ValueT]:
        target = self.target(node.relation)
        if all(clause.matchKind == ast.MergeMatchKind.MERGE_WHEN_MATCHED for clause in node.mergeWhenClauses):
            # Of both only what the `on` joins counts, as in an `update … from`.
            scope = self.level(outer, (node.sourceRelation,), node.joinCondition, target)
            source = Scope(scope.relations[1:], outer)
        else:
            source = self.level(outer, (node.sourceRelation,), None)
            scope = Scope([target, *source.relations], outer)
            self.read_parts(node.joinCondition, scope)
        self.on_merge(node, target, source, scope)
        scopes = {
            ast.MergeMatchKind.MERGE_WHEN_MATCHED: scope,
            ast.MergeMatchKind.MERGE_WHEN_NOT_MATCHED_BY_SOURCE: Scope([target], outer),
            ast.MergeMatchKind.MERGE_WHEN_NOT_MATCHED_BY_TARGET: source,
        }
        for clause in node.mergeWhenClauses:
            level = scopes[clause.matchKind]
            self.on_merge_when(clause, target, level)
            self.read_parts(clause.condition, level)
            if clause.commandType == ast.CmdType.CMD_INSERT:
                self.read_parts([column.indirection for column in clause.targetList or ()], level)
                row = Result(tuple(Column(None, self.value(value, level)) for value in clause.values or ()))
                self.on_insert(target, self._given_values(clause.targetList, target, row), (clause.values or (),))
            elif clause.commandType == ast.CmdType.CMD_UPDATE:
                self.on_update(clause, target)
                self._assign(clause.targetList, target, level)
        self.on_write(node, target, source.relations)
        return self._returning(node, target, source.relations, outer)

    def _assign(self, assignments: Any, target: RelationT, scope: Scope[RelationT]) -> None:
        """Read the assignments of a `set`; PostgreSQL gives `(a, b) = …` as one for each column."""
        rows: dict[int, list[ValueT]] = {}
        for assignment in assignments:
            self.read_parts(assignment.indirection, scope)
            match assignment.val:
                case ast.MultiAssignRef(source=source, colno=int(number), ncolumns=count):
                    if id(source) not in rows:
                        rows[id(source)] = self._row(source, scope)
                    row, place = rows[id(source)], number - 1
                    value = row[place] if len(row) == count else self.unknown
                    parts = source.args or () if isinstance(source, ast.RowExpr) else ()
                    self.on_assignment(assignment, target, value, parts[place] if place < len(parts) else source)
                case expression:
                    self.on_assignment(assignment, target, self.value(expression, scope), expression)

    def _row(self, source: Any, scope: Scope[RelationT]) -> list[ValueT]:
        """Values of the row or subquery in `set (…) = …`; none if they can't be told apart."""
        if isinstance(source, ast.RowExpr):
            return [self.value(part, scope) for part in source.args or ()]
        if not isinstance(source, ast.SubLink):
            self.value(source, scope)
            return []
        result = self.query(source.subselect, scope)
        values = self.row_of(source, result)
        return values if result.known else []

    def _returning(
        self, node: Any, target: RelationT, others: Sequence[RelationT], outer: Scope[RelationT]
    ) -> Result[ValueT]:
        clause = node.returningClause
        if clause is None:
            return Result(traits=frozenset().union(*(each.traits for each in (target, *others))))
        named = {option.option: str(option.value) for option in clause.options or ()}
        old, new = (named.get(option, name) for option, name in _VERSIONS.items())
        # `returning *` of a merge gives the source before the target.
        ordered = [*others, target] if isinstance(node, ast.MergeStmt) else [target, *others]
        added, deleted = _may_add(node), _may_delete(node)
        versions = [self._row_version(target, old, missing=added), self._row_version(target, new, missing=deleted)]
        return self.output(clause.exprs, Scope([*ordered, *versions], outer))

    def _row_version(self, target: RelationT, alias: str, *, missing: bool) -> RelationT:
        relation = self.relation(alias, Result(), None)
        relation.columns = self.row_version(target, alias, missing=missing)
        relation.complete, relation.hidden = target.complete, True
        return relation


def _may_add(node: Any) -> bool:
    return isinstance(node, ast.InsertStmt) or ast.CmdType.CMD_INSERT in _commands(node)


def _may_delete(node: Any) -> bool:
    return isinstance(node, ast.DeleteStmt) or ast.CmdType.CMD_DELETE in _commands(node)


def _commands(node: Any) -> set[Any]:
    return {clause.commandType for clause in node.mergeWhenClauses or ()} if isinstance(node, ast.MergeStmt) else set()
