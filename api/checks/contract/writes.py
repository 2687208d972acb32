"""Where the values of an `insert`, `update`, `delete` or `merge` go."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pglast import ast, enums

from api.checks.contract import relations
from api.checks.contract.expressions import assigned
from api.checks.contract.python_types import struct_of
from api.checks.contract.values import ANYTHING, Columns, Relation, Scope, Value

if TYPE_CHECKING:
    from api.checks.contract.reader import Reader


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
            for item in _sources(node):
                relations.read_item(reader, item, scope)
            reader.look_through(node.whereClause, scope)
            if isinstance(node, ast.UpdateStmt):
                _set(reader, node.targetList, table, scope)
                _demand_fields(reader, node, table, _names(node.targetList), many=False)
        case _:
            reader.fault(node, "is neither a select nor an insert, update, delete or merge")
    if node.returningClause is None:
        return []
    if node.returningClause.options:
        reader.fault(node.relation, "old and new under other names aren't told apart here: leave out `with (…)`")
    # For `*`, a merge's source comes before its target.
    others = scope.relations[1:]
    ordered = [*others, target] if isinstance(node, ast.MergeStmt) else [target, *others]
    scope.relations = [*ordered, _version(target, "old", node), _version(target, "new", node)]
    return reader.output(node.returningClause.exprs, scope)


def _sources(node: Any) -> tuple[Any, ...]:
    return (node.fromClause if isinstance(node, ast.UpdateStmt) else node.usingClause) or ()


def _names(targets: Any) -> list[str]:
    return [target.name for target in targets or ()]


def _insert(reader: "Reader", node: Any, table: str, scope: Scope) -> None:
    values = reader.query(node.selectStmt, scope.outer or Scope()) if node.selectStmt is not None else []
    for row in getattr(node.selectStmt, "valuesLists", None) or ():
        names = _names(node.cols) or reader.catalog.tables.get(table, {})
        _refuse_defaults(reader, table, zip(names, row, strict=False))
    _add(reader, node, _names(node.cols), values, table)
    clause = node.onConflictClause
    if clause is not None and clause.action == enums.OnConflictAction.ONCONFLICT_UPDATE:
        names = _names(node.cols)
        given = {name: value for name, value in scope.relations[0].columns.items() if name in names}
        excluded = Relation("excluded", given, hidden=True)
        _set(reader, clause.targetList, table, Scope([*scope.relations, excluded], scope.outer))
        reader.look_through(clause.whereClause, Scope([*scope.relations, excluded], scope.outer))


def _merge(reader: "Reader", node: Any, table: str, scope: Scope) -> None:
    relations.read_item(reader, node.sourceRelation, scope)
    reader.look_through(node.joinCondition, scope)
    clauses = node.mergeWhenClauses
    for clause in clauses:
        reader.look_through(clause.condition, scope)
        if clause.commandType == enums.CmdType.CMD_INSERT:
            values: Columns = [(None, reader.value(value, scope)) for value in clause.values or ()]
            _refuse_defaults(reader, table, zip(_names(clause.targetList), clause.values or (), strict=False))
            _add(reader, node, _names(clause.targetList), values, table)
        elif clause.commandType == enums.CmdType.CMD_UPDATE:
            _set(reader, clause.targetList, table, scope)
    if any(clause.matchKind == enums.MergeMatchKind.MERGE_WHEN_NOT_MATCHED_BY_SOURCE for clause in clauses):
        for source in scope.relations[1:]:
            source.make_optional()


def _add(reader: "Reader", node: Any, columns: list[str], values: Columns, table: str) -> None:
    known = reader.catalog.tables.get(table, {})
    columns = columns or list(known)[: len(values)]
    for name, (_, value) in zip(columns, values, strict=False):
        _give(reader, node.relation, table, name, value)
    for name, column in known.items():
        if column.required and name not in columns:
            reader.fault(node.relation, f"{table}.{name} is not null, has no default and is given nothing")
    _demand_fields(reader, node, table, columns, many=True)


def _demand_fields(reader: "Reader", node: Any, table: str, columns: Iterable[str], *, many: bool) -> None:
    """Demand that columns are written which a JSON parameter has fields for."""
    lacking = set(reader.catalog.tables.get(table, ())) - set(columns)
    for parameter, hint in reader.parameters.items():
        struct = struct_of(hint, many=False) or (struct_of(hint, many=True) if many else None)
        for field in struct.__struct_fields__ if struct else ():
            if field in lacking:
                reader.fault(node.relation, f"{table}.{field} isn't given the field {field} of :{parameter}")


def _set(reader: "Reader", targets: Any, table: str, scope: Scope) -> None:
    several: dict[int, Columns] = {}
    for target in targets:
        value = target.val
        if isinstance(value, ast.MultiAssignRef):
            source = value.source
            if id(source) not in several:
                several[id(source)] = assigned(reader, source, scope)
            place = (value.colno or 0) - 1
            parts = (source.args or ())[place : place + 1] if isinstance(source, ast.RowExpr) else ()
            _refuse_defaults(reader, table, [(target.name, part) for part in parts])
            # There are as many, but for those of a `*` that is a fault.
            given = several[id(source)][place][1] if place < len(several[id(source)]) else ANYTHING
        else:
            _refuse_defaults(reader, table, [(target.name, value)])
            given = reader.value(value, scope)
        _give(reader, target, table, target.name, given)
        column = reader.catalog.tables.get(table, {}).get(target.name)
        if given.absent and column is not None and not column.refuses_null:
            key = f"the key {given.field[1]} of :{given.field[0]}" if given.field else "a key"
            reader.fault(target, f"{table}.{target.name} would be forgotten where {key} is absent: ask for it first")


def _refuse_defaults(reader: "Reader", table: str, given: Iterable[tuple[str, Any]]) -> None:
    """Refuse the default of a column that has none and isn't null."""
    for name, value in given:
        column = reader.catalog.tables.get(table, {}).get(name)
        if column is not None and column.required and isinstance(value, ast.SetToDefault):
            reader.fault(value, f"{table}.{name} is not null and has no default")


def _give(reader: "Reader", node: Any, table: str, name: str, value: Value) -> None:
    reader.pass_on(value, name, node)
    column = reader.catalog.tables.get(table, {}).get(name)
    if column is not None and column.refuses_null and value.may_be_null:
        may = (
            f":{value.field[0]} may lack what it's given"
            if value.absent and value.field
            else "what it's given may be null"
        )
        reader.fault(node, f"{table}.{name} is not null, and {may}")


def _version(target: Relation, alias: str, node: Any) -> Relation:
    version = Relation(alias, dict(target.columns), hidden=True)
    done = {clause.commandType for clause in node.mergeWhenClauses or ()} if isinstance(node, ast.MergeStmt) else set()
    added = isinstance(node, ast.InsertStmt) or enums.CmdType.CMD_INSERT in done
    deleted = isinstance(node, ast.DeleteStmt) or enums.CmdType.CMD_DELETE in done
    if added if alias == "old" else deleted:
        version.make_optional()
    return version
