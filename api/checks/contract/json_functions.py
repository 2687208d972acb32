"""Abstract values of SQL's JSON functions and constructors, and of the columns of `json_table`."""

from typing import Any, Final

from msgspec.structs import replace

from api.checks.contract.documents import type_name, with_pairs
from api.checks.contract.python_types import is_plain
from api.checks.contract.reading import Reading
from api.checks.contract.values import Scope, Value, null_if_any
from api.checks.sql import ast
from api.checks.sql.tree import expressions_in, parts

JSON_NODES: Final = (
    *(ast.JsonFuncExpr, ast.JsonObjectConstructor, ast.JsonArrayConstructor, ast.JsonIsPredicate),
    *(ast.JsonParseExpr, ast.JsonScalarExpr, ast.JsonSerializeExpr),
)
# What they give if nothing is said.
_TYPES: Final = {
    ast.JsonExprOp.JSON_EXISTS_OP: "bool",
    ast.JsonExprOp.JSON_QUERY_OP: "jsonb",
    ast.JsonExprOp.JSON_VALUE_OP: "text",
}
_NEVER_NULL: Final = (ast.JsonObjectConstructor, ast.JsonArrayConstructor)


def json_value(reading: Reading, node: Any, scope: Scope) -> Value:
    """Abstract value of `json_value(…)`, `json_object(…)`, `… is json` and the like."""
    values = [reading.value(each, scope) for each in expressions_in(tuple(parts(node)))]
    if isinstance(node, ast.JsonIsPredicate):
        return replace(null_if_any(values), type="bool")
    output = getattr(node, "output", None)
    default = _TYPES[node.op] if isinstance(node, ast.JsonFuncExpr) else "json"
    type_ = type_name(reading, output.typeName) if output is not None else default
    exists = isinstance(node, ast.JsonFuncExpr) and node.op == ast.JsonExprOp.JSON_EXISTS_OP
    # A path may lead nowhere, or to a JSON null; whether it does is null only for a document that is, or an error.
    may_lack = isinstance(node, ast.JsonFuncExpr) and not (exists and node.on_error is None)
    nullable = not isinstance(node, _NEVER_NULL) and (may_lack or any(value.may_be_null for value in values))
    made = Value(nullable=nullable, type=type_, json=not is_plain(type_, reading.catalog.enums))
    if isinstance(node, ast.JsonObjectConstructor):
        pairs = [(pair.key, _part(reading, pair.value, scope)) for pair in node.exprs or ()]
        # A null may leave out its key.
        lacking = node.absent_on_null and any(value.may_be_null for _, value in pairs)
        return made if lacking else with_pairs(made, pairs)
    return made


def _part(reading: Reading, part: Any, scope: Scope) -> Value:
    """Value of a part of an object; of a text that is JSON by a `format` it isn't known what it holds."""
    value = reading.value(part.raw_expr, scope)
    if part.format is None or part.format.format_type == ast.JsonFormatType.JS_FORMAT_DEFAULT:
        return value
    return replace(value, type=None, keys=None)


def json_column(reading: Reading, column: Any, *, nested: bool) -> Value:
    """Abstract value of a column of `json_table`: nothing may be where its path leads."""
    if column.coltype == ast.JsonTableColumnType.JTC_FOR_ORDINALITY:
        return Value(nullable=nested, type="int4", json=False)
    type_ = type_name(reading, column.typeName)
    return Value(type=type_, json=not is_plain(type_, reading.catalog.enums))
