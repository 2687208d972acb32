"""What is known of the rows of a select before they are limited, and what they are ordered by."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from api.checks.contract.null_semantics import AGGREGATES
from api.checks.rows.dependencies import NONE, Atom, Level, Result, Rows, Scope, Value, exact
from api.checks.rows.following import Following
from api.checks.sql import ast
from api.checks.sql.tree import calls_in, function_name, is_star


class Selects(Following):
    """The part of the reader that reads selects."""

    def rows_of_select(self, node: Any, scope: Scope, level: Level, result: Result) -> Rows:
        """Facts of a select's rows before they are ordered and limited."""
        if node.op != ast.SetOperation.SETOP_NONE:
            sides = [self.rows_of[id(each)] for each in (node.larg, node.rarg)]
            return Rows(is_bounded=all(side.is_bounded for side in sides), unlocked=_tables(sides, "unlocked"))
        if node.valuesLists:
            return Rows(NONE if len(node.valuesLists) == 1 else None, is_bounded=True)
        below = [relation.rows for relation in scope.relations]
        rows = Rows(
            level.key(),
            own=level.numbers,
            is_bounded=level.is_bounded(),
            is_given=any(each.is_given for each in below),
            unlocked=frozenset() if node.lockingClause else _tables(below, "unlocked"),
            locked=_tables(below, "locked") | (_tables(below, "unlocked") if node.lockingClause else frozenset()),
            numbered=_numbered(node, result),
        )
        calls = list(calls_in(node.targetList))
        if node.groupClause:
            groups = exact([self._grouped(each, scope, result) for each in node.groupClause])
            rows = replace(rows, key=level.undetermined(groups))
        elif any(function_name(call) in AGGREGATES and call.over is None for call in calls):
            rows = replace(rows, key=NONE, is_bounded=True)
        if any(function_name(call) in self.catalog.sets for call in calls):
            rows = replace(rows, key=None, numbered=())
        distinct = [each for each in node.distinctClause or () if each is not None]
        if node.distinctClause:
            outputs = [column.value for column in result.columns]
            if distinct:
                outputs = [self._sorted(each, scope, result)[1] for each in distinct]
            keys = level.undetermined(exact(outputs)) if distinct or result.known else None
            rows = replace(rows, key=rows.key if keys is None else keys)
        return rows

    def sorts(self, node: Any, scope: Scope, result: Result) -> tuple[list[Atom], set[int]]:
        """Atoms that a select is ordered by, and positions of the output columns that it's ordered by."""
        sorts = [self._sorted(sort.node, scope, result) for sort in node.sortClause or ()]
        atoms = [value.atom for _, value in sorts if value.atom is not None]
        positions = {place for place, _ in sorts if place is not None}
        positions |= {place for place, column in enumerate(result.columns) if column.value.atom in atoms}
        return atoms, positions

    def _sorted(self, expression: Any, scope: Scope, result: Result) -> tuple[int | None, Value]:
        """The place of the output column that an `order by` means, if it's one, and the value."""
        names = [column.name for column in result.columns]
        match expression:
            case ast.A_Const(val=ast.Integer(ival=number)):
                # Behind a `*` of which not all columns are known, it may be any column.
                return number - 1 if result.known else None, result.at(number - 1, self.unknown)
            case ast.ColumnRef(fields=[ast.String(sval=name)]) if name in names:
                place = names.index(name)
                return place, result.columns[place].value
        return None, self.value(expression, scope)

    def _grouped(self, expression: Any, scope: Scope, result: Result) -> Value:
        """The value that a `group by` means: of an output column only if no relation has a column of its name."""
        is_output = _is_output(expression, scope)
        return self._sorted(expression, scope, result)[1] if is_output else self.value(expression, scope)


def _is_output(expression: Any, scope: Scope) -> bool:
    match expression:
        case ast.A_Const():
            return True
        case ast.ColumnRef(fields=[ast.String(sval=name)]):
            return all(each.complete and name not in each.columns for each in scope.relations)
    return False


def _tables(rows: Iterable[Rows], which: str) -> frozenset[str]:
    return frozenset[str]().union(*(getattr(each, which) for each in rows))


def _numbered(select: Any, result: Result) -> tuple[int, ...]:
    """Places of the outputs that number all rows of a query; of a `*` it has to be known how many columns it has."""
    targets = [target.val for target in select.targetList or ()]
    stars = [place for place, target in enumerate(targets) if is_star(target)]
    if len(stars) > 1 or not result.known:
        return ()
    more = len(result.columns) - len(targets)
    # A window with a name may be one of these, or begin with one.
    parted = any(window.partitionClause for window in select.windowClause or ())
    return tuple(
        place + more if stars and place > stars[0] else place
        for place, call in enumerate(targets)
        if function_name(call) == "row_number"
        and call.over.partitionClause is None
        and not (parted and (call.over.name or call.over.refname))
    )
