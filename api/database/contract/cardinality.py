"""Whether a query is certain to have a row."""

from typing import Any, Final

from pglast import ast, enums

from api.database.contract.values import function_name

AGGREGATES: Final = frozenset(
    {
        "array_agg", "avg", "bool_and", "bool_or", "count", "json_agg", "json_object_agg", "jsonb_agg",
        "jsonb_object_agg", "max", "min", "string_agg", "sum",
    }
)  # fmt: skip
# Functions that make a record of JSON: one, whatever they are given.
ONE_RECORD: Final = frozenset({"jsonb_to_record", "json_to_record", "jsonb_populate_record", "json_populate_record"})


def gives_one_row(select: Any) -> bool:
    """Whether a query is certain to have a row: an aggregate of all rows, or nothing that could be missing."""
    if select.op != enums.SetOperation.SETOP_NONE or select.limitCount is not None or select.havingClause is not None:
        return False
    if select.groupClause is None and any(_aggregates(target.val) for target in select.targetList or ()):
        return True
    return select.whereClause is None and select.groupClause is None and all(map(_has_row, select.fromClause or ()))


def _has_row(item: Any) -> bool:
    match item:
        case ast.RangeSubselect(subquery=subquery):
            return gives_one_row(subquery)
        case ast.RangeFunction(functions=[[ast.FuncCall(funcname=[*_, ast.String(sval=name)]), *_]]):
            return name in ONE_RECORD
    return False


def _aggregates(node: Any) -> bool:
    """Whether an aggregate stands in an expression, outside of its subqueries."""
    if isinstance(node, ast.SubLink):
        return False
    if isinstance(node, ast.FuncCall) and node.over is None and function_name(node) in AGGREGATES:
        return True
    if isinstance(node, tuple | list):
        return any(map(_aggregates, node))
    if isinstance(node, ast.Node):
        return any(_aggregates(getattr(node, name, None)) for name in type(node).__slots__)  # type: ignore[attr-defined]
    return False
