"""What is known of what an operator gives."""

from typing import Any, Final

from msgspec.structs import replace
from pglast import ast, enums

from api.checks.contract import documents
from api.checks.contract.null_semantics import GIVES_JSON, KEYED, NULL_IF_MISSING
from api.checks.contract.reading import Reading
from api.checks.contract.values import SOMETHING, Scope, Value, all_of

_OF_ELEMENTS: Final = frozenset({enums.A_Expr_Kind.AEXPR_OP_ANY, enums.A_Expr_Kind.AEXPR_OP_ALL})


def operated(reading: Reading, node: Any, scope: Scope) -> Value:
    """What an operator gives of its one or two sides."""
    kind, name = node.kind, node.name[-1].sval
    sides = [value for side in (node.lexpr, node.rexpr) for value in _operands(reading, side, scope)]
    json = name in GIVES_JSON and any(side.json for side in sides)
    if kind in {enums.A_Expr_Kind.AEXPR_DISTINCT, enums.A_Expr_Kind.AEXPR_NOT_DISTINCT}:
        return SOMETHING
    if kind == enums.A_Expr_Kind.AEXPR_NULLIF:
        return replace(all_of(sides), nullable=True, json=any(side.json for side in sides), holes=True)
    if kind in _OF_ELEMENTS:
        sides.append(_element(reading, node.rexpr, scope))
    if name in KEYED and (found := documents.key_of(reading, node, sides)):
        return found
    if kind == enums.A_Expr_Kind.AEXPR_OP and name in NULL_IF_MISSING:
        return replace(all_of(sides), nullable=True, json=json, holes=True)
    # A null that is added to an array becomes one of its elements.
    holes = name == "||" and any(side.may_be_null or side.holes for side in sides)
    return replace(all_of(sides), json=json, holes=holes)


def _operands(reading: Reading, side: Any, scope: Scope) -> list[Value]:
    """What a side is made of: rows are compared by what is in them."""
    if side is None:
        return []
    if isinstance(side, tuple):
        return [value for part in side for value in _operands(reading, part, scope)]
    if isinstance(side, ast.RowExpr):
        return _operands(reading, side.args or (), scope)
    return [reading.value(side, scope)]


def _element(reading: Reading, array: Any, scope: Scope) -> Value:
    """What is known of each element of an array."""
    while isinstance(array, ast.TypeCast):
        array = array.arg
    if isinstance(array, ast.A_ArrayExpr):
        return all_of(
            _element(reading, part, scope) if isinstance(part, ast.A_ArrayExpr) else reading.value(part, scope)
            for part in array.elements or ()
        )
    return documents.element_of(reading, reading.value(array, scope))
