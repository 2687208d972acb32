"""Abstract values of expressions."""

from typing import Any, Final

from msgspec.structs import replace

from api.checks.contract import documents
from api.checks.contract.calls import first_of_group
from api.checks.contract.cardinality import certainly_has_row
from api.checks.contract.conditions import Columns, not_null_columns
from api.checks.contract.json_functions import JSON_NODES, json_value
from api.checks.contract.null_semantics import JSON_NULL_IS_NULL
from api.checks.contract.operators import operator_value
from api.checks.contract.presence import keys_there, keys_where_equal, keys_where_unequal
from api.checks.contract.python_types import has_null_elements, is_plain, parse_hint, type_mismatch
from api.checks.contract.reading import Reading
from api.checks.contract.values import (
    NO_ROWS,
    NOT_NULL,
    NULL,
    UNKNOWN,
    Document,
    Relation,
    Result,
    Scope,
    Value,
    either,
    list_of,
    null_if_any,
)
from api.checks.sql import Found, ast
from api.checks.sql.tree import equal, has_row

_MOMENTS: Final = frozenset({"timestamptz", "timestamp"})
_PARTS_OF_MOMENTS: Final = frozenset({"date", "time"})


def operation(reading: Reading, node: Any, scope: Scope) -> Value:  # noqa: C901, PLR0911
    """Abstract value of an operation; reads all of its parts."""
    match node:
        case ast.A_Expr():
            return operator_value(reading, node, scope)
        case ast.A_Const():
            return _constant(node)
        case ast.TypeCast():
            return _cast(reading, node, scope)
        case ast.CoalesceExpr():
            return _coalesce(reading, node, scope)
        case ast.MinMaxExpr():
            return _least_or_greatest(_values(reading, node.args, scope))
        case ast.CaseExpr():
            return _case(reading, node, scope)
        case ast.BoolExpr():
            return null_if_any(_values(reading, node.args, scope))
        case ast.A_ArrayExpr(elements=elements) | ast.RowExpr(args=elements):
            return list_of(_values(reading, elements, scope))
        case ast.A_Indirection():
            return first_of_group(reading, node, scope)
        case ast.CollateClause() | ast.NamedArgExpr():
            return reading.value(node.arg, scope)
    if isinstance(node, JSON_NODES):
        return json_value(reading, node, scope)
    # The rest is never null: tests of null or truth, `current_timestamp` and the like, `merge_action()`, `default`.
    reading.read_parts((getattr(node, "arg", None), getattr(node, "args", None)), scope)
    return NOT_NULL


def _values(reading: Reading, nodes: Any, scope: Scope) -> list[Value]:
    return [reading.value(node, scope) for node in nodes or ()]


def _coalesce(reading: Reading, node: Any, scope: Scope) -> Value:
    values = _values(reading, node.args, scope)
    nullable = all(value.may_be_null for value in values) and not reading.full_joins.one_is_there(
        lambda relation: _has_value_with(reading, node.args, scope, relation)
    )
    return replace(either(values), nullable=nullable, absent=False)


def _has_value_with(reading: Reading, nodes: Any, scope: Scope, relation: Relation) -> bool:
    """Whether one of some expressions isn't null where a relation is in the row."""
    faults, derived = len(reading.faults), len(reading.derived_columns)
    there = (relation.present or {}).items()
    with reading.knowing(reading.not_null | {(relation, name) for name, value in there if not value.may_be_null}):
        values = _values(reading, nodes, scope)
    # They were read before.
    del reading.faults[faults:], reading.derived_columns[derived:]
    return not all(value.may_be_null for value in values)


def _least_or_greatest(values: list[Value]) -> Value:
    nullable = all(value.may_be_null for value in values)
    return replace(null_if_any(values), nullable=nullable, absent=False, json=any(value.json for value in values))


def _cast(reading: Reading, node: Any, scope: Scope) -> Value:
    value, type_ = reading.value(node.arg, scope), documents.type_name(reading, node.typeName)
    plain, is_json = is_plain(type_, reading.catalog.enums), type_.startswith("json")
    # A JSON null casts as SQL NULL.
    lost = value.json and (type_ in JSON_NULL_IS_NULL or not (plain or is_json))
    keys, listed = (value.keys, value.listed) if is_json else (None, False)
    if value.type in _MOMENTS and type_ in _PARTS_OF_MOMENTS:
        # The day of a moment is another thing.
        value = replace(value, names=frozenset())
    return replace(value, nullable=value.nullable or lost, type=type_, keys=keys, listed=listed, json=not plain)


def _constant(node: Any) -> Value:
    if node.isnull:
        return NULL
    text = getattr(node.val, "sval", None) or ""
    keys, listed = NO_ROWS if text == "[]" else (None, False)
    return Value(nullable=False, keys=keys, listed=listed, json=False, null_elements="null" in text.lower())


def _case(reading: Reading, node: Any, scope: Scope) -> Value:
    """Abstract value of a `case`; each branch is read with what is known where it is reached."""
    reading.read_parts(node.arg, scope)
    values = []
    before = reading.present, reading.not_null
    for when in node.args:
        reading.value(when.expr, scope)
        otherwise = reading.present, reading.not_null
        if node.arg is None:
            reading.present |= keys_there(reading, when.expr, scope)
            reading.not_null |= not_null_columns(when.expr, scope)
            # The branches behind it are reached where it isn't true, be it false or null.
            unlike = keys_there(reading, when.expr, scope, holds=False)
            known = _known_otherwise(when.expr, scope)
        else:
            condition = equal(node.arg, when.expr)
            reading.present |= keys_where_equal(reading, node.arg, when.expr, scope)
            # PostgreSQL compares rows as wholes here, and then two nulls in them are equal.
            if not has_row(node.arg, when.expr):
                reading.not_null |= not_null_columns(condition, scope)
            unlike = keys_where_unequal(reading, node.arg, when.expr, scope)
            known = _known_otherwise(condition, scope)
        values.append(reading.value(when.result, scope))
        reading.present, reading.not_null = otherwise[0] | unlike, otherwise[1] | known
    values.append(reading.value(node.defresult, scope) if node.defresult is not None else NULL)
    reading.present, reading.not_null = before
    return either(values)


def _known_otherwise(condition: Any, scope: Scope) -> Columns:
    """Columns that aren't null where a condition isn't true: those that tests which are never null show to be so."""
    match condition:
        case ast.NullTest() | ast.BooleanTest() | ast.A_Expr(lexpr=ast.GroupingFunc()):
            return not_null_columns(condition, scope, holds=False)
        case ast.BoolExpr(boolop=ast.BoolExprType.OR_EXPR, args=args):
            return frozenset[tuple[Relation, str]]().union(*(_known_otherwise(arg, scope) for arg in args))
        case ast.BoolExpr(boolop=ast.BoolExprType.NOT_EXPR, args=[ast.NullTest()]):
            return not_null_columns(condition, scope, holds=False)
    return frozenset()


def parameter(reading: Reading, node: Any) -> Value:
    """Abstract value of a parameter, from its declaration."""
    name = reading.statement.parameters[node.number - 1]
    hint = reading.parameters[name]
    declared = parse_hint(hint)
    return Value(
        nullable=declared.nullable,
        names=frozenset({name}),
        document=Document(name, declared.type),
        json=type_mismatch("jsonb", hint, {}, gives=False) is None,
        null_elements=has_null_elements(hint),
    )


def column(reading: Reading, found: Found[Relation]) -> Value:
    """Abstract value of a column, or of a whole row."""
    relation, name, _ = found
    if name is None:
        keys = dict(relation.present or relation.columns)
        return Value(nullable=relation.nullable, keys=keys if relation.complete else None)
    value = relation.columns[name]
    if value.field is not None:
        reading.read_keys.setdefault(value.field[0], set()).add(value.field[1])
        if value.field in reading.present:
            value = replace(value, absent=False)
    if (relation, name) in reading.not_null:
        value = replace(value, nullable=False)
    return value if name == "id" and value.names else replace(value, names=frozenset({name}))


def subquery(node: Any, result: Result) -> Value:
    """Abstract value of a subquery: `exists (…)`, `array(…)`, or the column of a row that may be missing."""
    if node.subLinkType == ast.SubLinkType.EXISTS_SUBLINK:
        return NOT_NULL
    if node.subLinkType == ast.SubLinkType.ARRAY_SUBLINK:
        return list_of(column.value for column in result.columns[:1])
    if node.subLinkType == ast.SubLinkType.EXPR_SUBLINK and result.columns:
        return row_of(node, result)[0]
    return UNKNOWN


def row_of(node: Any, result: Result) -> list[Value]:
    """Values of a subquery's one row, which may be missing."""
    there = certainly_has_row(node.subselect)
    return [column.value if there else column.value.as_nullable() for column in result.columns]
