"""Checks that what a payload says of a column replaces what the column has."""

from typing import Any, get_type_hints

from api.checks.contract.python_types import parse_hint, struct_of
from api.checks.contract.reading import Reading
from api.checks.contract.values import Relation
from api.checks.sql import ast


def check_kept(reading: Reading, assignment: Any, target: Relation, expression: Any) -> None:
    """Require that a column takes the field of its name: neither kept as it is, nor where the field is null."""
    name, table = assignment.name, target.node.relname
    for parameter, hint in reading.parameters.items():
        struct = struct_of(hint, many=False)
        if struct is None or name not in struct.__struct_fields__:
            continue
        if _is_own(expression, target, name):
            reading.fault(assignment, f"write the field {name} of :{parameter} to {table}.{name}: it keeps what it has")
        field = parse_hint(get_type_hints(struct, include_extras=True)[name])
        keeps = isinstance(expression, ast.CoalesceExpr) and _is_own(expression.args[-1], target, name)
        if keeps and field.nullable:
            reading.fault(
                assignment,
                f"write `case when :{parameter} ? '{name}' then … end`:"
                f" with `coalesce` a null can't clear {table}.{name}",
            )


def _is_own(expression: Any, target: Relation, name: str) -> bool:
    """Whether an expression is the column of the row that is changed."""
    match expression:
        case ast.ColumnRef(fields=[ast.String(sval=alias), ast.String(sval=column)]):
            return bool((alias, column) == (target.alias, name))
        case ast.ColumnRef(fields=[ast.String(sval=column)]):
            return bool(column == name)
    return False
