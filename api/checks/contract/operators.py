"""What is known of what an operator gives."""

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace
from pglast import ast, enums

from api.checks.contract import documents
from api.checks.contract.null_semantics import KEYED, MAY_LACK, OF_JSON
from api.checks.contract.values import SOMETHING, Scope, Value, all_of

if TYPE_CHECKING:
    from api.checks.contract.reader import Reader

_OF_ELEMENTS: Final = frozenset({enums.A_Expr_Kind.AEXPR_OP_ANY, enums.A_Expr_Kind.AEXPR_OP_ALL})


def operated(reader: "Reader", node: Any, scope: Scope) -> Value:
    """What an operator gives of its one or two sides."""
    kind, name = node.kind, node.name[-1].sval
    sides = [value for side in (node.lexpr, node.rexpr) for value in _operands(reader, side, scope)]
    json = name in OF_JSON and any(side.json for side in sides)
    if kind in {enums.A_Expr_Kind.AEXPR_DISTINCT, enums.A_Expr_Kind.AEXPR_NOT_DISTINCT}:
        return SOMETHING
    if kind == enums.A_Expr_Kind.AEXPR_NULLIF:
        return replace(all_of(sides), nullable=True, json=any(side.json for side in sides), holes=True)
    if kind in _OF_ELEMENTS:
        sides.append(_element(reader, node.rexpr, scope))
    if name in KEYED and (found := documents.key_of(reader, node, sides)):
        return found
    if kind == enums.A_Expr_Kind.AEXPR_OP and name in MAY_LACK:
        return replace(all_of(sides), nullable=True, json=json, holes=True)
    # A null that is added to an array becomes one of its elements.
    holes = name == "||" and any(side.may_be_null or side.holes for side in sides)
    return replace(all_of(sides), json=json, holes=holes)


def _operands(reader: "Reader", side: Any, scope: Scope) -> list[Value]:
    """What a side is made of: rows are compared by what is in them."""
    if side is None:
        return []
    if isinstance(side, tuple):
        return [value for part in side for value in _operands(reader, part, scope)]
    if isinstance(side, ast.RowExpr):
        return _operands(reader, side.args or (), scope)
    return [reader.value(side, scope)]


def _element(reader: "Reader", array: Any, scope: Scope) -> Value:
    """What is known of each element of an array."""
    while isinstance(array, ast.TypeCast):
        array = array.arg
    if isinstance(array, ast.A_ArrayExpr):
        return all_of(
            _element(reader, part, scope) if isinstance(part, ast.A_ArrayExpr) else reader.value(part, scope)
            for part in array.elements or ()
        )
    return documents.element_of(reader, reader.value(array, scope))
