"""Labels of the columns of functions in a `from`, above all of `unnest` of a batch's parameters."""

import re
from functools import cache
from typing import Any, Final

from api.checks.ownership.owned_tables import NO_LABELS, OWNER_PARAMETERS, Labels
from api.checks.ownership.relations import CALLS, Result
from api.checks.sql import Column, ast
from api.checks.sql.tree import nodes
from api.checks.sql.types import JSON_TYPES, PLAIN_TYPES
from api.database.statements.files import Statement
from api.paths import SCHEMA

# Enums in sql/schema.sql, and domains of built-in types.
_MADE: Final = re.compile(r"^CREATE (?:TYPE public\.(\w+) AS ENUM|DOMAIN public\.(\w+) AS (?!public\.))", re.MULTILINE)


def functions(item: Any, statement: Statement, seen: set[int]) -> Result:
    """The known columns of an item's functions; adds the parameters that it follows to `seen`."""
    traits = CALLS if statement.batch and any(isinstance(node, ast.ParamRef) for node in nodes(item)) else frozenset()
    arrays = _unnested_parameters(item)
    if arrays:
        columns = [Column[Labels](None, NO_LABELS) for _ in arrays]
        if traits and item.ordinality:
            seen |= {id(array.arg) for array in arrays}
            columns = [Column(None, _call_labels(statement, array.arg)) for array in arrays]
        order = frozenset({"call"}) if traits else NO_LABELS
        return Result((*columns, Column("ordinality", order)) if item.ordinality else tuple(columns), traits=traits)
    definitions = [*(item.coldeflist or ()), *(each for _, defined in item.functions for each in defined or ())]
    columns = [Column(definition.colname, NO_LABELS) for definition in definitions]
    return Result(tuple(columns), known=False, traits=traits)


def _call_labels(statement: Statement, parameter: Any) -> Labels:
    name = statement.parameters[parameter.number - 1]
    owner = {OWNER_PARAMETERS[name]} if name in OWNER_PARAMETERS else ()
    return frozenset({f":{name}", *owner})


def _unnested_parameters(item: Any) -> list[Any]:
    """Arguments of an `unnest` of parameters that each give one column; empty for other functions."""
    found: list[Any] = []
    for call, definitions in item.functions:
        match call:
            case ast.FuncCall(funcname=[ast.String(sval="unnest")], args=arguments) if not definitions:
                found += arguments or ()
            case _:
                return []
    return found if all(map(_is_array, found)) else []


def _is_array(expression: Any) -> bool:
    """Whether an expression is a parameter cast to an array that gives one column."""
    match expression:
        case ast.TypeCast(
            arg=ast.ParamRef(), typeName=ast.TypeName(names=[*_, ast.String(sval=name)], arrayBounds=[_])
        ):
            return name in types_of_one_column()
    return False


@cache
def types_of_one_column() -> frozenset[str]:
    """Types whose arrays `unnest` turns into one column: not those of rows."""
    found = _MADE.findall(SCHEMA.read_text("utf-8"))
    return PLAIN_TYPES | JSON_TYPES | {name for names in found for name in names if name}
