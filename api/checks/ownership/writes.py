"""What a write reaches, and whose the rows are that it leaves behind."""

from typing import Any

from pglast import ast, enums

from api.checks.ownership.equalities import equalities
from api.checks.ownership.from_items import table
from api.checks.ownership.owned_tables import NOTHING, Labels
from api.checks.ownership.reader import Reader
from api.checks.ownership.scopes import Operand, Relation, Result, Scope, uncast


def read_write(reader: Reader, node: Any, outer: Scope) -> Result:
    """Result of an `insert`, `update`, `delete` or `merge`: the columns of its `returning`."""
    match node:
        case ast.InsertStmt():
            return _insert(reader, node, reader.ctes(node.withClause, outer))
        case ast.UpdateStmt():
            return _change(reader, node, node.fromClause, reader.ctes(node.withClause, outer))
        case ast.DeleteStmt():
            return _change(reader, node, node.usingClause, reader.ctes(node.withClause, outer))
        case ast.MergeStmt():
            return _merge(reader, node, reader.ctes(node.withClause, outer))
    reader.fault(node, "is neither a select nor an insert, update, delete or merge")
    return Result(positional=False)


def _change(reader: Reader, node: Any, items: Any, scope: Scope) -> Result:
    target = table(reader, node.relation)
    level = reader.level(scope, items, node.whereClause, target)
    reader.expressions(node.whereClause, level)
    reader.demand_bound(level)
    if isinstance(node, ast.UpdateStmt):
        _demand_apart(reader, target, _held(reader, target))
        _assign(reader, node.targetList, target, level)
    return _returning(reader, node, level)


def _assign(reader: Reader, assignments: Any, target: Relation, level: Scope) -> None:
    """Read the expressions of a `set`; a row stays its owner's."""
    reader.expressions(assignments, level)
    for assignment in assignments:
        label = target.table.owners.get(assignment.name) if target.table else None
        if label is not None and label not in _assigned(reader, assignment.val, level):
            reader.fault(target.node, f"{target.node.relname}.{assignment.name} is set to what is not the caller's")


def _demand_apart(reader: Reader, target: Relation, held: Labels) -> None:
    """Demand that no two calls of an execution are for one row, which would be changed for one of them only."""
    for name in reader.apart:
        if f":{name}" not in held:
            reader.fault(
                target.node, f"apart: calls that differ in :{name} can be for one row of {target.node.relname}"
            )


def _held(reader: Reader, target: Relation) -> Labels:
    """What the columns of a target's rows are known to hold."""
    pairs = [pair for one, other in target.equalities for pair in ((one, other), (other, one))]
    values = [value for column, value in pairs if _is_column(column, target)]
    return NOTHING.union(*(reader.labels(value.expression, value.scope, value.position) for value in values))


def _is_column(operand: Operand, target: Relation) -> bool:
    match uncast(operand.expression):
        case ast.ColumnRef(fields=[ast.String(sval=name), ast.String()]):
            return name == target.alias
    return False


def _assigned(reader: Reader, value: Any, level: Scope) -> Labels:
    match value:
        case ast.MultiAssignRef(source=ast.RowExpr(args=args), colno=column) if args and column:
            return reader.labels(args[column - 1], level) if len(args) == value.ncolumns else NOTHING
        case ast.MultiAssignRef(source=source, colno=column) if column:
            return reader.labels(source, level, column - 1)
    return reader.labels(value, level)


def _insert(reader: Reader, node: Any, scope: Scope) -> Result:
    target = table(reader, node.relation)
    source = reader.query(node.selectStmt, scope) if node.selectStmt else Result()
    given = {column.name: source.at(position) for position, column in enumerate(node.cols or ())}
    _demand_owner(reader, target, given)
    if node.onConflictClause is not None and node.onConflictClause.action == enums.OnConflictAction.ONCONFLICT_UPDATE:
        _resolve_conflict(reader, node.onConflictClause, target, given, scope)
    target.bind()
    result = _returning(reader, node, Scope([target], scope))
    return Result(result.columns, result.positional, calls=source.calls)


def _demand_owner(reader: Reader, target: Relation, given: dict[str, Labels]) -> None:
    """Demand that a row that is added is the caller's."""
    if target.table is None:
        return
    owners = {column: label for column, label in target.table.owners.items() if column in given}
    if not owners or any(label not in given[column] for column, label in owners.items()):
        reader.fault(target.node, f"a row is added to {target.node.relname} that is not the caller's")


def _resolve_conflict(reader: Reader, clause: Any, target: Relation, given: dict[str, Labels], scope: Scope) -> None:
    excluded = Relation("excluded", dict(given))
    level = Scope([target, excluded], scope)
    if target.table is not None:
        columns = {element.name for element in clause.infer.indexElems or ()} & set(target.table.owners)
        column = target.table.unique.get(clause.infer.conname) or next(iter(columns), None)
        if column is not None:
            target.columns[column] |= given.get(column, NOTHING)
        target.equalities += equalities(clause.whereClause, level)
        reader.label(target)
    if not target.is_bound:
        reader.fault(target.node, f"on conflict changes rows of {target.node.relname} that may not be the caller's")
    keys = [given.get(element.name or "", NOTHING) for element in clause.infer.indexElems or ()]
    _demand_apart(reader, target, NOTHING.union(*keys))
    reader.expressions(clause.whereClause, level)
    _assign(reader, clause.targetList, target, level)


def _merge(reader: Reader, node: Any, scope: Scope) -> Result:
    source = reader.level(scope, (node.sourceRelation,), None)
    target = table(reader, node.relation)
    level = Scope([target, *source.relations], scope)
    target.equalities += equalities(node.joinCondition, level)
    reader.label(target)
    reader.demand_bound(source)
    reader.expressions(node.joinCondition, level)
    if not target.is_bound and not _is_false(node.joinCondition):
        reader.fault(target.node, f"{target.node.relname} is not restricted to the caller by the merge's `on`")
    for clause in node.mergeWhenClauses:
        names = level
        if clause.matchKind == enums.MergeMatchKind.MERGE_WHEN_NOT_MATCHED_BY_SOURCE:
            if target.table is not None:
                reader.fault(
                    target.node, f"rows of {target.node.relname} change that the merge's `on` does not restrict"
                )
        elif clause.matchKind == enums.MergeMatchKind.MERGE_WHEN_NOT_MATCHED_BY_TARGET:
            names = source
        reader.expressions((clause.condition, clause.values), names)
        if clause.commandType == enums.CmdType.CMD_INSERT:
            columns = [column.name for column in clause.targetList or ()]
            given = [reader.labels(value, names) for value in clause.values or ()]
            _demand_owner(reader, target, dict(zip(columns, given, strict=False)))
        elif clause.commandType == enums.CmdType.CMD_UPDATE:
            _demand_apart(reader, target, _held(reader, target))
            _assign(reader, clause.targetList, target, names)
    target.bind()
    return _returning(reader, node, level)


def _is_false(condition: Any) -> bool:
    return isinstance(condition, ast.A_Const) and getattr(condition.val, "boolval", None) is False


def _returning(reader: Reader, node: Any, level: Scope) -> Result:
    clause = node.returningClause
    if clause is None:
        return Result(calls=any(relation.calls for relation in level.relations))
    reader.expressions(clause.exprs, level)
    return reader.output(clause.exprs, level)
