"""Abstract values of operators' results."""

from typing import Any, Final

from msgspec.structs import replace

from api.checks.contract import documents
from api.checks.contract.null_semantics import JSON_OPERATORS, KEY_OPERATORS, NULL_IF_MISSING
from api.checks.contract.reading import Reading
from api.checks.contract.values import NOT_NULL, Scope, Value, null_if_any
from api.checks.sql import ast

_OF_ELEMENTS: Final = frozenset({ast.A_Expr_Kind.AEXPR_OP_ANY, ast.A_Expr_Kind.AEXPR_OP_ALL})


def operator_value(reading: Reading, node: Any, scope: Scope) -> Value:
    """Abstract value of an operator with one or two operands."""
    kind, name = node.kind, node.name[-1].sval
    sides = [value for side in (node.lexpr, node.rexpr) for value in _operands(reading, side, scope)]
    json = name in JSON_OPERATORS and any(side.json for side in sides)
    if kind in {ast.A_Expr_Kind.AEXPR_DISTINCT, ast.A_Expr_Kind.AEXPR_NOT_DISTINCT}:
        return NOT_NULL
    if kind == ast.A_Expr_Kind.AEXPR_NULLIF:
        return replace(null_if_any(sides), nullable=True, json=any(side.json for side in sides), null_elements=True)
    if kind in _OF_ELEMENTS:
        sides.append(_element(reading, node.rexpr, scope))
    if name in KEY_OPERATORS and (found := documents.key_of(reading, node, sides)):
        return found
    if kind == ast.A_Expr_Kind.AEXPR_OP and name in NULL_IF_MISSING:
        return replace(null_if_any(sides), nullable=True, json=json, null_elements=True)
    # A null that is appended to an array becomes an element.
    null_elements = name == "||" and any(side.may_be_null or side.null_elements for side in sides)
    return replace(null_if_any(sides), json=json, null_elements=null_elements, keys=_merged_keys(name, sides))


def _merged_keys(operator: str, sides: list[Value]) -> dict[str, Value] | None:
    """Keys of two objects that `||` merges; of a key that both have, the second one's value counts."""
    match sides:
        case [Value(keys=dict(one), listed=False), Value(keys=dict(other), listed=False)] if operator == "||":
            return {**one, **other}
    return None


def _operands(reading: Reading, side: Any, scope: Scope) -> list[Value]:
    """Values of an operand; a row gives those of its fields, by which rows are compared."""
    if side is None:
        return []
    if isinstance(side, tuple):
        return [value for part in side for value in _operands(reading, part, scope)]
    if isinstance(side, ast.RowExpr):
        return _operands(reading, side.args or (), scope)
    return [reading.value(side, scope)]


def _element(reading: Reading, array: Any, scope: Scope) -> Value:
    """Abstract value of each element of an array."""
    while isinstance(array, ast.TypeCast):
        array = array.arg
    if isinstance(array, ast.A_ArrayExpr):
        return null_if_any(
            _element(reading, part, scope) if isinstance(part, ast.A_ArrayExpr) else reading.value(part, scope)
            for part in array.elements or ()
        )
    return documents.element_of(reading, reading.value(array, scope))
