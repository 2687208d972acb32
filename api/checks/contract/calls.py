"""What is known of what a function or an aggregate gives."""

from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace
from pglast import ast

from api.checks.contract import documents
from api.checks.contract.null_semantics import (
    AGGREGATES,
    BOUNDS,
    FIELDS_OF_INFINITY,
    NEVER_NULL,
    NEVER_NULL_WITHOUT_ARGUMENTS,
    NULL_OF_NULL,
)
from api.checks.contract.python_types import is_plain
from api.checks.contract.reading import Reading
from api.checks.contract.values import ANYTHING, Scope, Value, all_of, list_of
from api.checks.sql.tree import function_name, parts

_TEXTS: Final = frozenset({"text", "varchar"})
# A frame that nobody wrote, which has at least the row itself, and its peers.
_FRAMEOPTION_NONDEFAULT: Final = 1


def called(reading: Reading, node: Any, scope: Scope) -> Value:
    """What a call gives."""
    name = function_name(node)
    arguments = [reading.value(argument, scope) for argument in node.args or ()]
    reading.look_through((node.agg_filter, node.agg_order, node.over), scope)
    if node.func_variadic:
        return ANYTHING
    if name in AGGREGATES:
        _refuse_foreign(reading, node, scope)
    if name in NEVER_NULL and not (name in NEVER_NULL_WITHOUT_ARGUMENTS and arguments):
        return Value(nullable=False, json="json" in name)
    if name in AGGREGATES:
        # Nulls go into lists, and are passed over by the others.
        listed = name.endswith("_agg") and name != "string_agg"
        nullable = not _has_rows(node, scope) or (not listed and any(value.may_be_null for value in arguments))
        made = list_of(arguments[:1]) if name == "array_agg" else Value(json="json" in name)
        return replace(_with_keys(made, name, arguments), nullable=nullable)
    total = name in NULL_OF_NULL or (name == "extract" and _is_of_infinity(node))
    if name in BOUNDS and arguments[0].type not in _TEXTS:
        total = False
    known = all_of(arguments)
    if name not in NULL_OF_NULL and name != "extract":
        return replace(known, nullable=True, json=True, holes=True)
    json = "json" in name or name == "merge_patch" or (name == "array_append" and any(each.json for each in arguments))
    holes = name == "array_append" and any(each.may_be_null or each.holes for each in arguments)
    return replace(_with_keys(known, name, arguments), nullable=known.nullable or not total, json=json, holes=holes)


def _with_keys(value: Value, name: str, arguments: list[Value]) -> Value:
    """The keys of JSON that is built of a row, or of JSON that is; a list of rows that may be missing has nulls."""
    if name not in documents.BUILDERS or len(arguments) != 1:
        return value
    [row] = arguments
    if not name.endswith("_agg"):
        return replace(value, keys=row.keys, listed=row.listed)
    return value if row.listed or row.may_be_null else replace(value, keys=row.keys, listed=row.keys is not None)


def first_of_group(reading: Reading, node: Any, scope: Scope) -> Value:
    """The first of a group, `(array_agg(x order by y))[1]`, is one of its values; of others nothing is known."""
    whole = reading.value(node.arg, scope)
    match node:
        case ast.A_Indirection(
            arg=ast.FuncCall(funcname=[ast.String(sval="array_agg")], args=[argument], agg_filter=None, over=None),
            indirection=[ast.A_Indices(is_slice=False, uidx=ast.A_Const(val=ast.Integer(ival=1)))],
        ):
            value = reading.value(argument, scope)
            # The first of a list of lists is null.
            single = not (value.type or "[]").endswith("[]") and is_plain(value.type, reading.catalog.enums)
            return value if scope.grouped and single else value.optional()
    return Value(json=whole.json, holes=True)


def _has_rows(node: Any, scope: Scope) -> bool:
    """Whether an aggregate is of one row at least."""
    if node.agg_filter is not None:
        return False
    if node.over is not None:
        return node.over.name is None and not node.over.frameOptions & _FRAMEOPTION_NONDEFAULT
    return scope.grouped


def _refuse_foreign(reading: Reading, node: Any, scope: Scope) -> None:
    """An aggregate of columns of a query around is that one's: it makes groups there, and none here."""
    if not any(level.relations for level in scope.levels() if level is not scope):
        return
    found = list(_of_rows((node.args, node.agg_order, node.agg_filter)))
    if found and not any(isinstance(part, ast.ColumnRef) and _is_of(part, scope) for part in found):
        may = f"this {function_name(node)} may be of rows of the query around it"
        reading.fault(node, f"{may}: write its columns with their relation")


def _of_rows(node: Any) -> Iterator[Any]:
    """Columns in an expression, and subqueries, which may have some of any level."""
    if isinstance(node, ast.ColumnRef | ast.SubLink):
        yield node
        return
    for part in parts(node):
        yield from _of_rows(part)


def _is_of(reference: Any, scope: Scope) -> bool:
    """Whether a column is certainly one of this level."""
    found = scope.find(reference)
    if found is not None:
        return found.relation in scope.relations
    return len(reference.fields) > 1 and scope.relation(reference.fields[0].sval) in scope.relations


def _is_of_infinity(node: Any) -> bool:
    match node.args:
        case [ast.A_Const(val=ast.String(sval=field)), _]:
            return field in FIELDS_OF_INFINITY
    return False
