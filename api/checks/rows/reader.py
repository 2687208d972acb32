"""Finds lists without a total order or an end, single rows that may be several, and rows that are changed unlocked."""

from collections.abc import Sequence
from typing import Any, Final

from api.checks.contract.cardinality import certainly_has_row
from api.checks.faults import Message
from api.checks.plans.plans import GROWING
from api.checks.rows.dependencies import NONE, Relation, Rows, Scope
from api.checks.rows.orders import CURSORS, DEADLOCK, OR_LIMIT, OR_LOCK, OR_ORDER, OR_SINGLE, READ, Note, Orders
from api.checks.sql import ast
from api.checks.sql.tree import nodes, output_name
from api.database.query import CALL

# Beginnings of the names of statements that lock rows for what comes after them.
_LOCKING: Final = ("hold_", "lock_")


class Reader(Orders):
    """Reads a statement; `found` are its faults, each with the note that excuses it."""

    def read(self, tree: Any) -> list[tuple[Note, Any, Message]]:
        self.query(tree, Scope())
        rows = self.rows_of[id(tree)]
        match self.statement.mode:
            case "many":
                if not rows.is_ordered:
                    self.say(
                        "order",
                        tree,
                        f"end its `order by` with a key, as `order by …, id` does, {OR_ORDER}:"
                        " rows that tie come in any order",
                    )
                if not rows.is_bounded:
                    self.say(
                        "limit", tree, f"give it `limit :count`, {OR_LIMIT}: nothing else bounds how many rows it has"
                    )
            case "one" | "maybe" | "value":
                if not rows.is_single:
                    self.say("single", tree, f"compare a whole key with `=`, {OR_SINGLE}: there may be several rows")
                if self._is_constant(tree):
                    self.say(
                        "single",
                        tree,
                        f"give a column of what was found or changed, {OR_SINGLE}: the result is always the same",
                    )
        if self.statement.name.startswith(_LOCKING) and not rows.locked and isinstance(tree, ast.SelectStmt):
            self.say("lock", tree, f"end it with `for update`, {OR_LOCK}: its name says that it locks")
        for name in self.statement.parameters:
            if name.startswith(CURSORS) and name not in self.continued:
                self.say(
                    "order",
                    tree,
                    f"compare :{name} with what its rows are ordered by, {OR_ORDER}:"
                    " a page has to go on where the last ended",
                )
        return self.found

    def _is_constant(self, tree: Any) -> bool:
        """Whether a statement's result says nothing of what it read or wrote."""
        clause = getattr(tree, "returningClause", None)
        targets = tree.targetList if isinstance(tree, ast.SelectStmt) else clause.exprs if clause is not None else None
        told = [target for target in targets or () if (target.name or output_name(target.val)) != CALL]
        is_certain = isinstance(tree, ast.SelectStmt) and self.statement.mode == "maybe" and certainly_has_row(tree)
        return is_certain or (bool(told) and not any(_tells(target.val) for target in told))

    # Writes.

    def on_write(self, node: Any, target: Relation, others: Sequence[Relation]) -> None:
        below = [relation.rows for relation in others]
        below += [
            self.rows_of[id(part.subselect)]
            for part in nodes(getattr(node, "whereClause", None))
            if isinstance(part, ast.SubLink) and part.subLinkType in READ
        ]
        if isinstance(node, ast.InsertStmt):
            source = self.rows_of[id(node.selectStmt)] if node.selectStmt is not None else Rows(NONE, is_bounded=True)
            below.append(source)
            self._require_order(node, target, source)
            self.rows_of[id(node)] = Rows(
                NONE if source.is_single else None, is_bounded=source.is_bounded, is_ordered=source.is_ordered
            )
        else:
            self._follow_change(node, target, others, below)
        read = sorted(frozenset[str]().union(*(rows.unlocked for rows in below)) & GROWING)
        if read:
            self.say(
                "lock",
                target.node,
                f"read {read[0]} `for update`, {OR_LOCK}: what is written to {target.node.relname} depends on it,"
                " and others may change it meanwhile",
            )

    def _require_order(self, node: Any, target: Relation, source: Rows) -> None:
        """Require that rows of a parameter are added in order, where their ids or locks show it."""
        table = target.node.relname
        if not source.is_given or source.is_sorted or source.is_single:
            return
        if table in self.catalog.identities:
            what = f"order what is given by its place, {OR_ORDER}: rows get their ids in any order"
            self.say("order", target.node, what)
        elif node.onConflictClause is not None:
            self.say("lock", target.node, f"order what is given by the key of {table}, {OR_LOCK}: {DEADLOCK}")

    def _follow_change(self, node: Any, target: Relation, others: Sequence[Relation], below: Sequence[Rows]) -> None:
        """Follow an update, delete or merge; require that it has an end, and locks rows in the order of their keys."""
        level = self.written[target.number]
        table = target.node.relname
        # A row is changed once, however many rows of others it's joined with.
        key = level.key() if isinstance(node, ast.MergeStmt) else level.key_of(target)
        is_bounded = level.is_bounded() or any(rows.is_bounded for rows in below)
        self.rows_of[id(node)] = Rows(key, own=level.numbers, is_bounded=is_bounded)
        if not is_bounded and not any(number == target.number for number, _ in level.closure()):
            self.say(
                "limit",
                target.node,
                f"choose rows of {table} in a subquery with a `limit`, {OR_LIMIT}: it changes any number of them",
            )
        if any(table in rows.locked for rows in below) or (isinstance(node, ast.MergeStmt) and not level.equalities):
            return
        for relation in others:
            if relation.rows.is_given and (target.number, None) not in level.closure(relation.sorted, without=relation):
                self.say("lock", target.node, f"order what is given by the key of {table}, {OR_LOCK}: {DEADLOCK}")


def _tells(expression: Any) -> bool:
    """Whether an expression depends on rows."""
    return any(isinstance(part, ast.ColumnRef | ast.SubLink | ast.FuncCall) for part in nodes(expression))
