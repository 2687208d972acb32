"""What is known of an expression's value."""

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from pglast import ast, enums

from api.checks.contract import documents
from api.checks.contract.calls import called, first_of_group
from api.checks.contract.cardinality import gives_one_row
from api.checks.contract.null_semantics import SCALARS
from api.checks.contract.operators import operated
from api.checks.contract.python_types import fits, has_null_elements, is_plain, take_apart
from api.checks.contract.values import (
    ANYTHING,
    NO_ROWS,
    NULL,
    SOMETHING,
    Columns,
    Document,
    Scope,
    Value,
    all_of,
    either,
    list_of,
)

if TYPE_CHECKING:
    from api.checks.contract.reader import Reader


def value_of(reader: "Reader", node: Any, scope: Scope) -> Value:  # noqa: C901, PLR0911, PLR0912
    """What is known of an expression; every part of it is read."""
    match node:
        case None:
            return ANYTHING
        case ast.A_Const():
            return _constant(node)
        case ast.ParamRef():
            return _parameter(reader, node)
        case ast.ColumnRef():
            return _column(reader, node, scope)
        case ast.TypeCast():
            return _cast(reader, node, scope)
        case ast.CollateClause() | ast.NamedArgExpr():
            return reader.value(node.arg, scope)
        case ast.CoalesceExpr():
            return _first(_values(reader, node.args, scope))
        case ast.MinMaxExpr():
            values = _values(reader, node.args, scope)
            return replace(
                all_of(values),
                nullable=all(v.may_be_null for v in values),
                absent=False,
                json=any(v.json for v in values),
            )
        case ast.CaseExpr():
            return _case(reader, node, scope)
        case ast.NullTest() | ast.BooleanTest():
            reader.value(node.arg, scope)
            return SOMETHING
        case ast.SQLValueFunction() | ast.MergeSupportFunc() | ast.SetToDefault():
            return SOMETHING
        case ast.BoolExpr():
            return all_of(_values(reader, node.args, scope))
        case ast.A_ArrayExpr(elements=elements) | ast.RowExpr(args=elements):
            return list_of(_values(reader, elements, scope))
        case ast.A_Expr():
            return operated(reader, node, scope)
        case ast.SubLink():
            return _subquery(reader, node, scope)
        case ast.FuncCall():
            return called(reader, node, scope)
        case ast.A_Indirection():
            return first_of_group(reader, node, scope)
    reader.fault(node, f"{type(node).__name__} is nothing that the check understands: write it another way")
    return ANYTHING


def _values(reader: "Reader", nodes: Any, scope: Scope) -> list[Value]:
    return [reader.value(node, scope) for node in nodes or ()]


def _first(values: list[Value]) -> Value:
    """The first that isn't null."""
    return replace(either(values), nullable=all(value.may_be_null for value in values), absent=False)


def _cast(reader: "Reader", node: Any, scope: Scope) -> Value:
    value, type_ = reader.value(node.arg, scope), documents.type_name(node.typeName)
    plain, is_json = is_plain(type_, reader.catalog.enums), type_.startswith("json")
    # The null of JSON becomes PostgreSQL's.
    lost = value.json and (type_ in SCALARS or not (plain or is_json))
    keys, listed = (value.keys, value.listed) if is_json else (None, False)
    return replace(value, nullable=value.nullable or lost, type=type_, keys=keys, listed=listed, json=not plain)


def _parameter(reader: "Reader", node: Any) -> Value:
    name = reader.statement.parameters[node.number - 1]
    hint = reader.parameters[name]
    declared = take_apart(hint)
    return Value(
        nullable=declared.nullable,
        names=frozenset({name}),
        document=Document(name, declared.type),
        json=fits("jsonb", hint, {}, gives=False) is None,
        holes=has_null_elements(hint),
    )


def _constant(node: Any) -> Value:
    if node.isnull:
        return NULL
    text = getattr(node.val, "sval", None) or ""
    keys, listed = NO_ROWS if text == "[]" else (None, False)
    return Value(nullable=False, keys=keys, listed=listed, json=False, holes="null" in text.lower())


def _column(reader: "Reader", node: Any, scope: Scope) -> Value:
    if isinstance(node.fields[-1], ast.A_Star):
        reader.fault(node, "what stands behind a * in a row isn't known here: name its columns")
        named = scope.relation(node.fields[-2].sval)
        if named is not None:
            named.used.update(named.columns)
        return ANYTHING
    found = scope.find(node)
    if found is None:
        return ANYTHING
    relation, column = found
    if column is None:
        relation.used.update(relation.columns)
        return Value(nullable=relation.nullable, keys=None if relation.unknown else dict(relation.columns))
    relation.used.add(column)
    value = relation.columns[column]
    if value.field is not None:
        reader.read_keys.setdefault(value.field[0], set()).add(value.field[1])
        if value.field in reader.present:
            value = replace(value, absent=False)
    return value if column == "id" and value.names else replace(value, names=frozenset({column}))


def _case(reader: "Reader", node: Any, scope: Scope) -> Value:
    if node.arg is not None:
        reader.value(node.arg, scope)
    values = []
    for when in node.args:
        reader.value(when.expr, scope)
        asked = documents.key_asked_for(reader, when.expr, scope) if node.arg is None else set()
        before = set(reader.present)
        reader.present |= asked
        values.append(reader.value(when.result, scope))
        reader.present = before
    values.append(reader.value(node.defresult, scope) if node.defresult is not None else NULL)
    return either(values)


def _subquery(reader: "Reader", node: Any, scope: Scope) -> Value:
    if node.testexpr is not None:
        reader.value(node.testexpr, scope)
    columns = reader.query(node.subselect, scope)
    if node.subLinkType == enums.SubLinkType.EXISTS_SUBLINK:
        return SOMETHING
    if node.subLinkType == enums.SubLinkType.ARRAY_SUBLINK:
        return list_of(value for _, value in columns[:1])
    if node.subLinkType == enums.SubLinkType.EXPR_SUBLINK and columns:
        value = columns[0][1]
        return value if gives_one_row(node.subselect) else value.optional()
    return ANYTHING


def assigned(reader: "Reader", node: Any, scope: Scope) -> Columns:
    """Values that `(a, b) = …` assigns, of a row or of a subquery."""
    if isinstance(node, ast.RowExpr):
        return [(None, value) for value in _values(reader, node.args, scope)]
    columns = reader.query(node.subselect, scope)
    if gives_one_row(node.subselect):
        return columns
    return [(name, value.optional()) for name, value in columns]
