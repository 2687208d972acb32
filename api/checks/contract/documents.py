"""JSON in statements: the keys read of parameters, and the keys of documents that are built."""

from collections.abc import Iterable
from functools import cache, partial
from typing import Any, Final, NamedTuple, get_args, get_origin, get_type_hints

from msgspec.structs import replace

from api.checks.contract.null_semantics import SINGLE_RECORD
from api.checks.contract.python_types import has_null_elements, in_words, is_plain, parse_hint, struct_of, type_mismatch
from api.checks.contract.reading import Reading
from api.checks.contract.values import UNKNOWN, Document, Scope, Value
from api.checks.sql import Column, ast
from api.checks.sql.tree import function_name

# Functions that turn JSON into records.
RECORDS: Final = SINGLE_RECORD | {"jsonb_to_recordset", "json_to_recordset"}
# Functions whose result has the keys of their row argument.
BUILDERS: Final = frozenset({"json_agg", "jsonb_agg", "row_to_json", "to_json", "to_jsonb"})


def type_name(reading: Reading, node: Any) -> str:
    """Short name of a type in a cast or a column definition, such as `int4` or `text[]`; for a domain its own type."""
    names = [part.sval for part in node.names]
    return reading.catalog.base(f"{names[-1]}{'[]' * len(node.arrayBounds or ())}")


class _Source(NamedTuple):
    """A JSON parameter that records are read from, and the struct that it's declared as, if any."""

    parameter: str
    struct: Any


def record_columns(reading: Reading, call: Any, definitions: Any, scope: Scope) -> list[Column[Value]]:
    """Columns of a function that turns a JSON parameter into records, by the parameter's declared struct."""
    name = function_name(call)
    *base, value = [reading.value(argument, scope) for argument in call.args or ()]
    document = value.document
    struct = struct_of(document.type, many=name not in SINGLE_RECORD) if document else None
    source = _Source(document.parameter if document else "", struct)
    if base:
        return _populated_columns(reading, call, source, base[0], there=not value.may_be_null)
    fields = [
        Column(definition.colname, _field(reading, definition, source, type_name(reading, definition.typeName)))
        for definition in definitions or ()
    ]
    return [Column(key, field.as_nullable()) for key, field in fields] if value.may_be_null else fields


def _populated_columns(
    reading: Reading, call: Any, source: _Source, base: Value, *, there: bool
) -> list[Column[Value]]:
    """Columns of `jsonb_populate_record`, which keeps a base row's values for keys that the document lacks."""
    columns = base.keys or {}
    if source.struct is None:
        return [Column(key, UNKNOWN) for key in columns]
    for key in hints_of(source.struct):
        if columns and key not in columns:
            reading.fault(call, f"the key {key} of :{source.parameter} is no column of the record: select it there")
    populated: list[Column[Value]] = []
    for key, old in columns.items():
        value = _of_key(source, key)
        if value is None:
            populated.append(Column(key, old))
        else:
            nullable = value.nullable or ((value.absent or not there) and old.nullable)
            populated.append(Column(key, replace(value, nullable=nullable, absent=False, json=old.json)))
            _check_type(reading, call, source, key, old.type)
    return populated


def _field(reading: Reading, definition: Any, source: _Source, type_: str) -> Value:
    key = definition.colname
    if source.struct is None:
        return replace(UNKNOWN, names=frozenset({key}))
    value = _of_key(source, key)
    if value is None:
        _refuse_key(reading, definition, key, source.parameter, source.struct)
        return replace(UNKNOWN, names=frozenset({key}))
    _check_type(reading, definition, source, key, type_)
    return replace(value, type=type_, json=not is_plain(type_, reading.catalog.enums))


def _refuse_key(reading: Reading, node: Any, key: str, parameter: str, struct: Any) -> None:
    name = struct.__name__
    reading.fault(node, f"the key {key} is none of :{parameter}, which is {name}: add it there, or leave it out here")


def _of_key(source: _Source, key: str) -> Value | None:
    hint = hints_of(source.struct).get(key)
    if hint is None:
        return None
    declared = parse_hint(hint)
    return Value(
        nullable=declared.nullable,
        absent=declared.absent,
        names=frozenset({key}),
        field=(source.parameter, key),
        null_elements=has_null_elements(hint),
    )


def _check_type(reading: Reading, node: Any, source: _Source, key: str, type_: str | None) -> None:
    hint = hints_of(source.struct)[key]
    mismatch = partial(type_mismatch, enums=reading.catalog.enums, gives=False, in_document=True)
    if type_ is not None and (right := mismatch(type_, hint)) is not None:
        read, name = in_words(type_, right), source.struct.__name__
        reading.fault(
            node,
            f"the key {key} of :{source.parameter} is read as {read}, and {name} says {parse_hint(hint)}",
        )


def element_of(reading: Reading, array: Value) -> Value:
    """An element of an array; that of a batch's parameter is one call's value."""
    element = array.type.replace("[]", "") if array.type else None
    if array.document is None:
        return Value(type=element, json=array.json)
    if reading.statement.batch:
        return replace(array, type=element)
    hint = array.document.type
    if get_origin(hint) is not list:
        return UNKNOWN
    declared = parse_hint(get_args(hint)[0])
    return Value(
        nullable=declared.nullable,
        names=frozenset(f"{name}[]" for name in array.names),
        type=element,
        document=Document(array.document.parameter, declared.type),
        json=array.json,
    )


def key_of(reading: Reading, node: Any, sides: list[Value]) -> Value | None:
    """Value of `document -> 'key'` or `document ? 'key'` for a parameter that is declared as a struct."""
    found = _document_key(node, sides)
    if found is None:
        return None
    document, key = found
    struct = struct_of(document.type, many=False)
    hint = hints_of(struct).get(key)
    if hint is None:
        _refuse_key(reading, node, key, document.parameter, struct)
        return UNKNOWN
    if node.name[-1].sval == "?":
        return Value(nullable=sides[0].may_be_null, json=False)
    reading.read_keys.setdefault(document.parameter, set()).add(key)
    declared = parse_hint(hint)
    there = (document.parameter, key) in reading.present
    return Value(
        nullable=sides[0].may_be_null or declared.nullable,
        absent=declared.absent and not there,
        names=frozenset({key}),
        field=(document.parameter, key),
        json=node.name[-1].sval == "->",
    )


def with_pairs(value: Value, pairs: Iterable[tuple[Any, Value]]) -> Value:
    """A value with the keys of the object that it's built as, if they are written out."""
    keys: dict[str, Value] = {}
    for key, part in pairs:
        match key:
            case ast.A_Const(val=ast.String(sval=str(name))) if name not in keys:
                keys[name] = part
            case _:
                return value
    return replace(value, keys=keys)


def tested_key(node: Any, sides: list[Value]) -> tuple[str, str] | None:
    """The parameter and key that `document ? 'key'` tests for."""
    found = _document_key(node, sides)
    return (found[0].parameter, found[1]) if found else None


def _document_key(node: Any, sides: list[Value]) -> tuple[Document, str] | None:
    document = sides[0].document
    match node.rexpr:
        case ast.A_Const(val=ast.String(sval=str(key))) if document and struct_of(document.type, many=False):
            return document, key
    return None


@cache
def hints_of(struct: Any) -> dict[str, Any]:
    """Type hints of a struct's fields, by field name, which is the column's name too."""
    hints = get_type_hints(struct, include_extras=True)
    return {name: hints[name] for name in struct.__struct_fields__}
