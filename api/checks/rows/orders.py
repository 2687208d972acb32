"""Requires that lists and arrays have a total order, limits an end, and locks an order."""

from collections.abc import Sequence
from typing import Any, Final, Literal, get_args

from msgspec.structs import replace

from api.checks.faults import Message
from api.checks.rows.catalog import Catalog
from api.checks.rows.conditions import continuations
from api.checks.rows.dependencies import NONE, Atom, Result, Rows, Scope, Value
from api.checks.rows.selects import Selects
from api.checks.sql import ast
from api.checks.sql.tree import function_name
from api.database.statements.files import Statement

_LISTS: Final = frozenset({"array_agg", "json_agg", "jsonb_agg", "string_agg", "xmlagg"})
# Rows that a statement may hold at once.
_MOST: Final = 1000
CURSORS: Final = ("after", "before")
# Subqueries whose rows say what is changed.
READ: Final = frozenset({ast.SubLinkType.ANY_SUBLINK, ast.SubLinkType.EXPR_SUBLINK})
OR_LIMIT: Final = "or note `-- limit: REASON`"
OR_LOCK: Final = "or note `-- lock: REASON`"
OR_ORDER: Final = "or note `-- order: REASON`"
OR_SINGLE: Final = "or note `-- single: REASON`"
DEADLOCK: Final = "rows locked in any order may have two statements wait for each other"

# The note that excuses a fault.
Note = Literal["limit", "lock", "order", "single"]
NOTES: Final[frozenset[str]] = frozenset(get_args(Note))


class Orders(Selects):
    """The part of the reader that requires orders; `found` are faults, each with the note that excuses it."""

    def __init__(self, catalog: Catalog, statement: Statement) -> None:
        super().__init__(catalog, statement)
        self.found: list[tuple[Note, Any, Message]] = []
        # Parts of the cursor that an order continues from.
        self.continued: set[str] = set()

    def say(self, note: Note, node: Any, what: Message) -> None:
        """Add a fault, once; the note excuses it."""
        if not any(node is known and what == said for _, known, said in self.found):
            self.found.append((note, node, what))

    # Selects.

    def on_select(self, node: Any, scope: Scope, result: Result) -> None:
        level = self.level_of(scope)
        outputs = [column.value for column in result.columns]
        sorts, positions = self.sorts(node, scope, result)
        rows = self.rows_of_select(node, scope, level, result)
        found = level.closure({*sorts, *rows.sorted})
        placed = [level.are_known(value.atoms, found) or place in positions for place, value in enumerate(outputs)]
        open_ = rows.key is None or not level.are_known(rows.key, found)
        if node.op != ast.SetOperation.SETOP_NONE:
            is_total = result.known and len(positions) == len(outputs)
        else:
            is_total = (
                (result.known and bool(outputs) and all(placed)) or not open_ or not positions.isdisjoint(rows.numbered)
            )
        is_sorted = bool(node.sortClause)
        rows = replace(
            rows, is_sorted=is_sorted, sorted=tuple(sorts), is_ordered=rows.is_single or (is_sorted and is_total)
        )
        if not (node.fromClause or node.valuesLists or node.op != ast.SetOperation.SETOP_NONE):
            # Elements that the select list takes out of an array come in its order.
            rows = replace(rows, is_ordered=True)
        waits = any(clause.waitPolicy == ast.LockWaitPolicy.LockWaitBlock for clause in node.lockingClause or ())
        tables = [relation for relation in level.relations if isinstance(relation.node, ast.RangeVar)]
        if waits and not rows.is_single and not all(level.are_known([(each.number, None)], found) for each in tables):
            self.say("lock", node.lockingClause[0], f"order what is locked by its key, {OR_LOCK}: {DEADLOCK}")
        self.rows_of[id(node)] = self._limited(node, rows)
        self._follow_cursor(node, scope, sorts)

    def _limited(self, node: Any, rows: Rows) -> Rows:
        """Facts of a select's rows with its limit, of which it has to be clear which rows it leaves."""
        limit = node.limitCount
        if limit is None:
            return rows
        match limit:
            case ast.A_Const(val=ast.Integer(ival=1)):
                rows = replace(rows, key=NONE, is_bounded=True)
            case ast.A_Const(val=ast.Integer(ival=number)) if number <= _MOST:
                rows = replace(rows, is_bounded=True)
            case ast.ParamRef() | ast.TypeCast(arg=ast.ParamRef()):
                rows = replace(rows, is_bounded=True)
            case ast.ColumnRef() if self.statement.batch:
                rows = replace(rows, is_bounded=True)
            case _:
                self.say(
                    "limit", limit, f"write `limit :count` or a number up to {_MOST}, {OR_LIMIT}: this limits nothing"
                )
        skips = any(clause.waitPolicy == ast.LockWaitPolicy.LockWaitSkip for clause in node.lockingClause or ())
        if not rows.is_sorted if skips else not rows.is_ordered:
            self.say("order", limit, f"order these rows by a key, {OR_ORDER}: which of them the limit leaves is open")
        return replace(rows, is_ordered=True) if rows.is_single else rows

    def _follow_cursor(self, node: Any, scope: Scope, sorts: Sequence[Atom]) -> None:
        """Note the cursor's parameters that the select's order continues from."""
        directions = [-1 if sort.sortby_dir == ast.SortByDir.SORTBY_DESC else 1 for sort in node.sortClause or ()]
        for each in continuations(node.whereClause, is_cursor=lambda part: self._cursor(part) is not None):
            columns = [self.value(part, scope).atom for part in each.columns]
            if columns == list(sorts) and set(directions) == {each.direction}:
                self.continued |= {name for part in each.cursor if (name := self._cursor(part)) is not None}

    def _cursor(self, expression: Any) -> str | None:
        """Name of the parameter that holds a part of the cursor, if an expression is one."""
        match expression:
            case ast.TypeCast(arg=arg):
                return self._cursor(arg)
            case ast.ParamRef(number=number):
                name = self.statement.parameters[number - 1]
            case ast.ColumnRef(fields=[*_, ast.String(sval=name)]) if self.statement.batch:
                pass
            case _:
                return None
        return str(name) if name.startswith(CURSORS) and name in self.statement.parameters else None

    # Lists.

    def subquery(self, node: Any, result: Result) -> Value:
        if node.subLinkType == ast.SubLinkType.ARRAY_SUBLINK and not self.rows_of[id(node.subselect)].is_ordered:
            self.say("order", node, f"order the rows of the array by a key, {OR_ORDER}: its elements come in any order")
        if node.subLinkType == ast.SubLinkType.EXPR_SUBLINK and not self.rows_of[id(node.subselect)].is_single:
            self.say("single", node, f"compare a whole key with `=`, {OR_SINGLE}: there may be several rows")
        return super().subquery(node, result)

    def call(self, node: Any, scope: Scope) -> Value:
        if function_name(node) in _LISTS and not self._is_in_order(node, scope):
            name = function_name(node)
            self.say("order", node, f"write `{name}(… order by …, id)`, {OR_ORDER}: its elements come in any order")
        return super().call(node, scope)

    def _is_in_order(self, node: Any, scope: Scope) -> bool:
        """Whether an aggregate's order, or that of the only query that it's over, leaves nothing open."""
        level = self.level_of(scope)
        if not node.agg_order:
            return all(relation.rows.is_ordered for relation in level.relations) and len(level.relations) == 1
        sorted_ = [self.value(sort.node, scope) for sort in node.agg_order]
        found = level.closure(value.atom for value in sorted_ if value.atom is not None)
        # It's enough that one relation is ordered by its key: the others are joined to it.
        is_keyed = len(level.open(found)) < len(level.open(level.closure()))
        return is_keyed or level.are_known(self.value(node.args[0], scope).atoms, found)
