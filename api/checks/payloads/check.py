"""Compares the values that payloads accept with those that their columns accept, by trying them."""

import inspect
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import UNSET

from api import facts
from api.checks.contract.python_types import struct_of
from api.checks.faults import Fault, Message
from api.checks.payloads.columns import Table, TableColumn
from api.checks.payloads.fields import Field, fields_of
from api.checks.payloads.probes import Probes, probes
from api.database.aliases import Connection
from api.database.query import Query
from api.facts import Exemption, Facts, Payload
from api.paths import API

_ELSEWHERE: Final = "add it, or name the field in `elsewhere` or `unwritten` of its Payload"


class Difference(NamedTuple):
    """A difference between a field and its column; `value` describes the value that shows it."""

    field: Field
    kind: facts.Difference
    value: str
    what: Message


async def check_payloads(
    connection: Connection, payloads: Iterable[Payload], exemptions: Iterable[Exemption]
) -> list[Fault]:
    """Differences between payloads and the tables of a migrated database, and exemptions that aren't needed.

    The connection has to be allowed to create temporary tables, which are dropped again.
    """
    payloads = list(payloads)
    columns: dict[tuple[str, str], list[Field]] = {}
    for payload in payloads:
        for field in fields_of(payload):
            columns.setdefault((field.table, field.column), []).append(field)
    differences: list[Difference] = []
    transaction = connection.transaction()
    await transaction.start()
    try:
        # As msgspec writes them.
        await connection.execute("set local intervalstyle = iso_8601")
        tables = {name: await Table.copy(connection, name) for name in sorted({table for table, _ in columns})}
        for (table, column), fields in columns.items():
            differences += await _differences(tables[table], column, fields)
    finally:
        await transaction.rollback()
    return sorted(_faults(differences, list(exemptions), payloads))


def undeclared_structs(queries: Iterable[Query], known: Facts) -> list[Fault]:
    """Structs that statements take and no feature declares as payloads."""
    declared = {payload.struct for payload in known.payloads}
    faults = []
    for query in queries:
        statement = query.statement
        for hint in query.parameters.values():
            struct = struct_of(hint, many=False) or struct_of(hint, many=True)
            if struct is not None and struct is not msgspec.Raw and struct not in declared:
                what = (
                    f"takes {struct.__name__}, and no feature says what table it fills: add "
                    f'Payload({struct.__name__}, "TABLE") to the payloads of {facts_file(struct)}'
                )
                faults.append(Fault(statement.path, statement.line, statement.name, what))
    return sorted(faults)


async def _differences(table: Table, name: str, fields: list[Field]) -> list[Difference]:
    column = table.columns.get(name)
    if column is None:
        return [Difference(field, "absent", "", f"{table.name} has no column {name}: {_ELSEWHERE}") for field in fields]
    values = probes([field.type for field in fields], column.numbers(), column.words())
    refusals = await table.refusals(name, list(values.values()))
    [null] = await table.refusals(name, [None])
    may_be_null = column.nullable and null is None
    return [
        difference
        for field in fields
        for found in (
            _value_differences(field, column, values, refusals),
            _null_differences(field, column, may_be_null=may_be_null),
            _absence_differences(field, column),
        )
        for difference in found
    ]


def _value_differences(
    field: Field, column: TableColumn, values: Probes, refusals: list[str | None]
) -> Iterator[Difference]:
    accepts = field.acceptor()
    for (label, value), refusal in zip(values.items(), refusals, strict=True):
        accepted = accepts(value)
        if accepted and refusal is not None:
            what = f"takes {label} ({field.limits}), and {column} doesn't ({column.rule(refusal)})"
            yield Difference(field, "struct takes", label, what)
        elif not accepted and refusal is None and not column.refers:
            what = f"doesn't take {label} ({field.limits}), and {column} does ({column.rule()})"
            yield Difference(field, "table takes", label, what)


def _null_differences(field: Field, column: TableColumn, *, may_be_null: bool) -> Iterator[Difference]:
    if field.nullable and not may_be_null:
        yield Difference(field, "null", "null", f"may be null, and {column} is not null")
    if not field.nullable and may_be_null and not field.is_item:
        yield Difference(field, "null", "null", f"may not be null, and {column} may")


def _absence_differences(field: Field, column: TableColumn) -> Iterator[Difference]:
    """An absent field has to mean the column's default; without one it has to be required. A patch needs UNSET."""
    if field.is_patch:
        right = not field.required and field.default is UNSET
        says = "stays as it is where a patch doesn't name it"
    else:
        has_default = column.has_default or column.nullable
        says = f"has the default {_json(column.default)}" if has_default else "has no default and is not null"
        alike = not field.required and (field.default is UNSET or field.is_value(column.default))
        right = alike if has_default else field.required
    if not (right or field.is_item):
        yield Difference(field, "absent", "absent", f"{_describe_absence(field)}, and {column} {says}")


def _describe_absence(field: Field) -> str:
    if field.required:
        return "is required"
    return "may be absent" if field.default is UNSET else f"is {_json(field.default)} where it's absent"


def _faults(differences: list[Difference], exemptions: list[Exemption], payloads: list[Payload]) -> Iterator[Fault]:
    files = {payload.struct.__name__: facts_file(payload.struct) for payload in payloads}
    needed: set[tuple[Exemption, str]] = set()
    found: dict[tuple[Field, facts.Difference], list[Difference]] = {}
    for difference in differences:
        exempt = [each for each in exemptions if each.covers(str(difference.field), difference.kind, difference.value)]
        needed |= {(each, difference.value if each.values else "") for each in exempt}
        if not exempt:
            found.setdefault((difference.field, difference.kind), []).append(difference)
    for (field, _), (first, *others) in found.items():
        more = f"; {len(others)} more values differ so" if others else ""
        yield Fault(*field.source_place(), str(field), first.what + more)
    for exemption in exemptions:
        for value in exemption.values or ("",):
            if (exemption, value) not in needed:
                where = f"{exemption.kind} {value}".rstrip()
                what = f"needs no exemption where {where}: nothing differs there, so take it out"
                yield Fault(files.get(exemption.field.partition(".")[0], API), 1, exemption.field, what)


def facts_file(struct: Any) -> Path:
    """The facts.py of a struct's feature."""
    return Path(inspect.getfile(struct)).with_name("facts.py")


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
