"""Where the values of an `insert`, `update`, `delete` or `merge` go."""

from typing import TYPE_CHECKING, Any

from pglast import ast, enums

from api.database.contract import relations
from api.database.contract.expressions import assigned
from api.database.contract.values import Columns, Relation, Scope, Value

if TYPE_CHECKING:
    from api.database.contract.reader import Reader


def read_write(reader: "Reader", node: Any, outer: Scope) -> Columns:
    """Columns of a write's `returning`."""
    scope = Scope(outer=outer)
    target = relations.table(reader, node.relation, Scope())
    scope.relations.append(target)
    table = node.relation.relname
    match node:
        case ast.InsertStmt():
            _insert(reader, node, table, scope)
        case ast.MergeStmt():
            _merge(reader, node, table, scope)
        case ast.UpdateStmt() | ast.DeleteStmt():
            for item in (node.fromClause if isinstance(node, ast.UpdateStmt) else node.usingClause) or ():
                relations.read_item(reader, item, scope)
            reader.look_through(node.whereClause, scope)
            if isinstance(node, ast.UpdateStmt):
                _set(reader, node.targetList, table, scope)
        case _:
            reader.fault(node, "is neither a select nor an insert, update, delete or merge")
    if node.returningClause is None:
        return []
    scope.relations += [_version(target, "old", node), _version(target, "new", node)]
    return reader.output(node.returningClause.exprs, scope)


def _insert(reader: "Reader", node: Any, table: str, scope: Scope) -> None:
    values = reader.query(node.selectStmt, scope.outer or Scope()) if node.selectStmt is not None else []
    _add(reader, node, [column.name for column in node.cols or ()], values, table)
    clause = node.onConflictClause
    if clause is not None and clause.action == enums.OnConflictAction.ONCONFLICT_UPDATE:
        excluded = Relation("excluded", dict(scope.relations[0].columns), hidden=True)
        _set(reader, clause.targetList, table, Scope([*scope.relations, excluded], scope.outer))
        reader.look_through(clause.whereClause, Scope([*scope.relations, excluded], scope.outer))


def _merge(reader: "Reader", node: Any, table: str, scope: Scope) -> None:
    relations.read_item(reader, node.sourceRelation, scope)
    reader.look_through(node.joinCondition, scope)
    for clause in node.mergeWhenClauses:
        reader.look_through(clause.condition, scope)
        if clause.commandType == enums.CmdType.CMD_INSERT:
            values: Columns = [(None, reader.value(value, scope)) for value in clause.values or ()]
            _add(reader, node, [column.name for column in clause.targetList or ()], values, table)
        elif clause.commandType == enums.CmdType.CMD_UPDATE:
            _set(reader, clause.targetList, table, scope)


def _add(reader: "Reader", node: Any, columns: list[str], values: Columns, table: str) -> None:
    known = reader.catalog.tables.get(table, {})
    columns = columns or list(known)[: len(values)]
    for name, (_, value) in zip(columns, values, strict=False):
        _give(reader, node.relation, table, name, value)
    for name, column in known.items():
        if column.required and name not in columns:
            reader.fault(node.relation, f"{table}.{name} is not null, has no default and is given nothing")


def _set(reader: "Reader", targets: Any, table: str, scope: Scope) -> None:
    several: dict[int, Columns] = {}
    for target in targets:
        value = target.val
        if isinstance(value, ast.MultiAssignRef):
            source = value.source
            if id(source) not in several:
                several[id(source)] = assigned(reader, source, scope)
            given = several[id(source)][(value.colno or 0) - 1][1]
        elif isinstance(value, ast.SetToDefault):
            continue
        else:
            given = reader.value(value, scope)
        _give(reader, target, table, target.name, given)


def _give(reader: "Reader", node: Any, table: str, name: str, value: Value) -> None:
    reader.pass_on(value, name, node)
    column = reader.catalog.tables.get(table, {}).get(name)
    if column is not None and not column.nullable and value.may_be_null:
        why = f"lacks in :{value.field[0]} at times" if value.absent and value.field else "may be null"
        reader.fault(node, f"{table}.{name} is not null, and what it's given {why}")


def _version(target: Relation, alias: str, node: Any) -> Relation:
    version = Relation(alias, dict(target.columns), hidden=True)
    there = {"old": not isinstance(node, ast.InsertStmt | ast.MergeStmt), "new": not isinstance(node, ast.DeleteStmt)}
    if not there[alias]:
        version.make_optional()
    return version
