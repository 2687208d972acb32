"""What is known of functions in a `from`: which columns are what a call of a batch has for a parameter."""

from typing import Any, Final

from pglast import ast

from api.checks.ownership.owned_tables import NOTHING, OWNER_PARAMETERS, Labels
from api.checks.ownership.relations import CALLS, Result
from api.checks.sql import Column
from api.checks.sql.tree import nodes
from api.checks.sql.types import JSON_TYPES, PLAIN_TYPES
from api.database.statements.files import Statement

# Types whose arrays `unnest` makes one column of.
_ONE_COLUMN: Final = PLAIN_TYPES | JSON_TYPES


def functions(item: Any, statement: Statement, seen: set[int]) -> Result:
    """Columns of an item's functions, as far as they're known; parameters that are followed are added to `seen`."""
    traits = CALLS if statement.batch and any(isinstance(node, ast.ParamRef) for node in nodes(item)) else frozenset()
    arrays = _arrays(item)
    if arrays:
        columns = [Column[Labels](None, NOTHING) for _ in arrays]
        if traits and item.ordinality:
            seen |= {id(array.arg) for array in arrays}
            columns = [Column(None, _of_call(statement, array.arg)) for array in arrays]
        order = frozenset({"call"}) if traits else NOTHING
        return Result((*columns, Column("ordinality", order)) if item.ordinality else tuple(columns), traits=traits)
    definitions = [*(item.coldeflist or ()), *(each for _, defined in item.functions for each in defined or ())]
    columns = [Column(definition.colname, NOTHING) for definition in definitions]
    return Result(tuple(columns), known=False, traits=traits)


def _of_call(statement: Statement, parameter: Any) -> Labels:
    name = statement.parameters[parameter.number - 1]
    owner = {OWNER_PARAMETERS[name]} if name in OWNER_PARAMETERS else ()
    return frozenset({f":{name}", *owner})


def _arrays(item: Any) -> list[Any]:
    """Arguments of an `unnest` of parameters, each of which is one column; none of another function."""
    match item.functions:
        case [[ast.FuncCall(funcname=[ast.String(sval="unnest")], args=arguments), _]] if not item.is_rowsfrom:
            return list(arguments or ()) if all(map(_is_array, arguments or ())) else []
    return []


def _is_array(expression: Any) -> bool:
    """Whether an expression is a parameter cast to an array of a type that makes one column."""
    match expression:
        case ast.TypeCast(
            arg=ast.ParamRef(), typeName=ast.TypeName(names=[*_, ast.String(sval=name)], arrayBounds=[_])
        ):
            return name in _ONE_COLUMN
    return False
