"""Checks the values of an `insert`, `update` or `merge` against the columns of the table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from api.checks.contract.python_types import struct_of
from api.checks.contract.reading import Reading
from api.checks.contract.values import Relation, Value
from api.checks.sql import ast


def check_insert(reading: Reading, target: Relation, given: Mapping[str, Value], rows: Sequence[Sequence[Any]]) -> None:
    """Require that an inserted row has a value for each required column."""
    table = target.node.relname
    for row in rows:
        for name, expression in zip(given, row, strict=False):
            _refuse_default(reading, table, name, expression)
    for name, value in given.items():
        _check_value(reading, target.node, table, name, value)
    for name, column in reading.columns_of(table).items():
        if column.required and name not in given:
            reading.fault(target.node, f"{table}.{name} is not null and has no default: give it a value")
    _require_fields(reading, target, given, many=True)


def check_update(reading: Reading, target: Relation, columns: Iterable[str]) -> None:
    """Require that an update writes all fields of its JSON parameters."""
    _require_fields(reading, target, columns, many=False)


def check_assignment(reading: Reading, assignment: Any, target: Relation, value: Value, expression: Any) -> None:
    """Require that a column accepts an assigned value, and isn't cleared by a key that is absent."""
    table, name = target.node.relname, assignment.name
    _refuse_default(reading, table, name, expression)
    _check_value(reading, assignment, table, name, value)
    column = reading.columns_of(table).get(name)
    if value.absent and column is not None and not column.refuses_null:
        key = f"the key {value.field[1]} of :{value.field[0]}" if value.field else "a key"
        reading.fault(assignment, f"{table}.{name} would be forgotten where {key} is absent: ask for it with `?` first")


def _require_fields(reading: Reading, target: Relation, columns: Iterable[str], *, many: bool) -> None:
    """Require that each column that a JSON parameter has a field for is written."""
    table = target.node.relname
    lacking = set(reading.columns_of(table)) - set(columns)
    for parameter, hint in reading.parameters.items():
        struct = struct_of(hint, many=False) or (struct_of(hint, many=True) if many else None)
        for field in struct.__struct_fields__ if struct else ():
            if field in lacking:
                reading.fault(
                    target.node, f"{table}.{field} isn't given the field {field} of :{parameter}: write it too"
                )


def _refuse_default(reading: Reading, table: str, name: str, expression: Any) -> None:
    """Refuse `default` for a `not null` column without one."""
    column = reading.columns_of(table).get(name)
    if column is not None and column.required and isinstance(expression, ast.SetToDefault):
        reading.fault(expression, f"{table}.{name} is not null and has no default: give it a value")


def _check_value(reading: Reading, node: Any, table: str, name: str, value: Value) -> None:
    if (part := _part_name(name, getattr(node, "indirection", None) or ())) is not None:
        reading.on_name(value, part, node)
    column = reading.columns_of(table).get(name)
    if column is not None and column.refuses_null and value.may_be_null:
        may = (
            f":{value.field[0]} may lack what it's given"
            if value.absent and value.field
            else "what it's given may be null"
        )
        reading.fault(node, f"{table}.{name} is not null, and {may}: write `coalesce(…)`")


def _part_name(column: str, indirection: Sequence[Any]) -> str | None:
    """Name of what is set: of a column, of a field of it, or of a key; elements of a list have none."""
    match indirection:
        case []:
            return column
        case [*_, ast.String(sval=field) | ast.A_Indices(uidx=ast.A_Const(val=ast.String(sval=field)))]:
            return str(field)
    return None


def row_version(target: Relation, *, missing: bool) -> dict[str, Value]:
    """Columns of `old` or `new`, which may be missing."""
    return {name: replace(value, nullable=value.nullable or missing) for name, value in target.columns.items()}
