"""What is known of an expression's value."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace
from pglast import ast, enums

from api.database.contract import documents
from api.database.contract.cardinality import AGGREGATES, gives_one_row
from api.database.contract.python_types import take_apart
from api.database.contract.values import ANYTHING, SOMETHING, Columns, Document, Scope, Value, function_name

if TYPE_CHECKING:
    from api.database.contract.reader import Reader

# Functions that give something for whatever is something. One that isn't here may give null.
_TOTAL: Final = frozenset(
    {
        "abs", "array_length", "btrim", "ceil", "clock_timestamp", "concat", "convert_to", "date_trunc", "encode",
        "extract", "floor", "fold", "jsonb_array_length", "jsonb_build_array", "jsonb_strip_nulls", "jsonb_typeof",
        "length", "lower", "merge_patch", "now", "octet_length", "round", "sha256", "to_json", "to_jsonb", "trim",
        "upper", "row_to_json",
    }
)  # fmt: skip
# These give something of nothing.
_ALWAYS: Final = frozenset(
    {"count", "dense_rank", "jsonb_build_object", "json_build_object", "rank", "row_number", "now", "concat"}
)
_MAY_LACK: Final = frozenset({"->", "->>", "#>", "#>>", "@?", "@@"})
_KEYED: Final = frozenset({"->", "->>", "?"})


def value_of(reader: "Reader", node: Any, scope: Scope) -> Value:  # noqa: C901, PLR0911, PLR0912
    """What is known of an expression; every part of it is read."""
    match node:
        case None:
            return ANYTHING
        case ast.A_Const():
            return Value(nullable=bool(node.isnull))
        case ast.ParamRef():
            return _parameter(reader, node)
        case ast.ColumnRef():
            return _column(reader, node, scope)
        case ast.TypeCast():
            return replace(reader.value(node.arg, scope), type=None)
        case ast.CollateClause() | ast.NamedArgExpr():
            return reader.value(node.arg, scope)
        case ast.CoalesceExpr():
            return _first(_values(reader, node.args, scope))
        case ast.MinMaxExpr():
            return Value(nullable=all(value.may_be_null for value in _values(reader, node.args, scope)))
        case ast.CaseExpr():
            return _case(reader, node, scope)
        case ast.NullTest() | ast.BooleanTest():
            reader.value(node.arg, scope)
            return SOMETHING
        case ast.SQLValueFunction():
            return SOMETHING
        case ast.BoolExpr():
            return _all_of(_values(reader, node.args, scope))
        case ast.A_ArrayExpr(elements=elements) | ast.RowExpr(args=elements):
            _values(reader, elements, scope)
            return SOMETHING
        case ast.A_Expr():
            return _operator(reader, node, scope)
        case ast.SubLink():
            return _subquery(reader, node, scope)
        case ast.FuncCall():
            return _function(reader, node, scope)
        case ast.A_Indirection():
            return _element(reader, node, scope)
    reader.fault(node, f"{type(node).__name__} is nothing that the check understands: write it another way")
    return ANYTHING


def _values(reader: "Reader", nodes: Any, scope: Scope) -> list[Value]:
    return [reader.value(node, scope) for node in nodes or ()]


def _all_of(values: Iterable[Value]) -> Value:
    return Value(nullable=any(value.may_be_null for value in values))


def _first(values: list[Value]) -> Value:
    """The first that isn't null."""
    return Value(
        nullable=all(value.may_be_null for value in values),
        names=frozenset().union(*(value.names for value in values)),
        keys=next((value.keys for value in values if value.keys is not None), None),
    )


def _parameter(reader: "Reader", node: Any) -> Value:
    name = reader.statement.parameters[node.number - 1]
    hint = reader.parameters[name]
    declared = take_apart(hint)
    return Value(nullable=declared.nullable, names=frozenset({name}), document=Document(name, declared.type))


def _column(reader: "Reader", node: Any, scope: Scope) -> Value:
    found = scope.find(node)
    if found is None:
        return ANYTHING
    relation, column = found
    if column is None:
        relation.used.update(relation.columns)
        return Value(nullable=relation.nullable, keys=dict(relation.columns))
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
        asked = documents.key_asked_for(reader, when.expr, scope)
        before = set(reader.present)
        reader.present |= asked
        values.append(reader.value(when.result, scope))
        reader.present = before
    values.append(reader.value(node.defresult, scope) if node.defresult is not None else ANYTHING)
    return Value(
        nullable=any(value.may_be_null for value in values),
        names=frozenset().union(*(value.names for value in values)),
        keys=next((value.keys for value in values if value.keys is not None), None),
    )


def _operator(reader: "Reader", node: Any, scope: Scope) -> Value:
    kind, name = node.kind, node.name[-1].sval
    sides = [
        value
        for side in (node.lexpr, node.rexpr)
        if side is not None
        for value in _values(reader, side if isinstance(side, tuple) else (side,), scope)
    ]
    if kind in {enums.A_Expr_Kind.AEXPR_DISTINCT, enums.A_Expr_Kind.AEXPR_NOT_DISTINCT}:
        return SOMETHING
    if kind == enums.A_Expr_Kind.AEXPR_NULLIF:
        return ANYTHING
    if name in _KEYED and (found := documents.key_of(reader, node, sides)):
        return found
    if kind == enums.A_Expr_Kind.AEXPR_OP and name in _MAY_LACK:
        return ANYTHING
    return _all_of(sides)


def _subquery(reader: "Reader", node: Any, scope: Scope) -> Value:
    if node.testexpr is not None:
        reader.value(node.testexpr, scope)
    columns = reader.query(node.subselect, scope)
    if node.subLinkType in {enums.SubLinkType.EXISTS_SUBLINK, enums.SubLinkType.ARRAY_SUBLINK}:
        return SOMETHING
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


def _function(reader: "Reader", node: Any, scope: Scope) -> Value:
    name = function_name(node)
    arguments = _values(reader, node.args, scope)
    reader.look_through((node.agg_filter, node.agg_order), scope)
    if node.over is not None:
        reader.look_through((node.over.partitionClause, node.over.orderClause), scope)
    keys = arguments[0].keys if arguments and name in documents.BUILDERS else None
    if name in _ALWAYS:
        return SOMETHING
    if name in AGGREGATES:
        of_some = scope.grouped and node.agg_filter is None
        # Nulls go into lists, and are passed over by the others.
        listed = name.endswith("_agg") and name != "string_agg"
        nullable = not of_some or (not listed and any(value.may_be_null for value in arguments))
        return Value(nullable=nullable, keys=keys)
    return Value(nullable=name not in _TOTAL or any(value.may_be_null for value in arguments), keys=keys)


def _element(reader: "Reader", node: Any, scope: Scope) -> Value:
    """The first of a group, `(array_agg(x order by y))[1]`, is one of its values; of others nothing is known."""
    match node:
        case ast.A_Indirection(
            arg=ast.FuncCall(funcname=[ast.String(sval="array_agg")], args=[argument], agg_filter=None),
            indirection=[ast.A_Indices(is_slice=False, uidx=ast.A_Const(val=ast.Integer(ival=1)))],
        ):
            reader.value(node.arg, scope)
            value = reader.value(argument, scope)
            return value if scope.grouped else value.optional()
    reader.value(node.arg, scope)
    return ANYTHING
