"""Abstract values of calls of functions and aggregates."""

from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace

from api.checks.contract import documents
from api.checks.contract.null_semantics import (
    AGGREGATES,
    FIELDS,
    INFINITE_FIELDS,
    LISTS,
    NEVER_NULL,
    NEVER_NULL_WITHOUT_ARGUMENTS,
    NULL_OF_FIRST,
    NULL_OF_ONE,
    OBJECTS,
    OF_ELEMENTS,
    OF_FRAME,
    RANGE_BOUNDS,
    TOTAL_FUNCTIONS,
    WINDOW_FUNCTIONS,
)
from api.checks.contract.python_types import is_plain
from api.checks.contract.reading import Reading
from api.checks.contract.values import NOT_NULL, UNKNOWN, Scope, Value, list_of, null_if_any
from api.checks.sql import ast
from api.checks.sql.tree import function_name, parts

_TEXTS: Final = frozenset({"text", "varchar"})
# Of `frameOptions` in parsenodes.h. A frame without the first is the default one, which has at least the row itself, as
# have those that begin and end with one of these and exclude nothing.
_NONDEFAULT: Final = 0x1
_BEGINS_BEFORE: Final = 0x20 | 0x200 | 0x800
_ENDS_BEHIND: Final = 0x100 | 0x400 | 0x4000
_EXCLUDES: Final = 0x8000 | 0x10000


def call_value(reading: Reading, node: Any, scope: Scope) -> Value:
    """Abstract value of a call."""
    name = function_name(node)
    if node.over is not None and name in WINDOW_FUNCTIONS:
        return _of_other_row(reading, node, name, scope)
    arguments = [reading.value(argument, scope) for argument in node.args or ()]
    reading.read_parts((node.agg_filter, node.agg_order, node.over), scope)
    if node.func_variadic:
        return UNKNOWN
    if name in AGGREGATES:
        _refuse_outer_aggregate(reading, node, scope)
    if name in NEVER_NULL and not (name in NEVER_NULL_WITHOUT_ARGUMENTS and arguments):
        built = Value(nullable=False, json="json" in name)
        pairs = zip((node.args or ())[::2], arguments[1::2], strict=False)
        return documents.with_pairs(built, pairs) if name in OBJECTS else built
    if name in AGGREGATES:
        if node.agg_within_group:
            arguments += [reading.value(sort.node, scope) for sort in node.agg_order or ()]
        # The `…_agg` functions that make lists keep nulls, other aggregates skip them.
        listed = name in LISTS
        nullable = not _has_rows(node, scope) or (not listed and any(value.may_be_null for value in arguments))
        nullable = nullable or name in NULL_OF_ONE
        null_elements = not listed and any(value.null_elements for value in arguments)
        made = (
            list_of(arguments[:1]) if name == "array_agg" else Value(json="json" in name, null_elements=null_elements)
        )
        return replace(_with_keys(made, name, arguments), nullable=nullable)
    total = name in TOTAL_FUNCTIONS or (name in FIELDS and _extracts_infinite_field(node)) or _is_slice(name, node)
    if name in RANGE_BOUNDS and arguments[0].type not in _TEXTS:
        total = False
    known = null_if_any(arguments[:1] if name in NULL_OF_FIRST else arguments)
    if name not in TOTAL_FUNCTIONS | FIELDS and name != "substring":
        return replace(known, nullable=True, json=True, null_elements=True)
    of_elements = name in OF_ELEMENTS
    json = "json" in name or name == "merge_patch" or (of_elements and any(each.json for each in arguments))
    null_elements = _has_null_elements(name, arguments)
    return replace(
        _with_keys(known, name, arguments), nullable=known.nullable or not total, json=json, null_elements=null_elements
    )


def _has_null_elements(name: str, arguments: list[Value]) -> bool:
    """Whether an array that a function makes may have nulls in it."""
    if name == "string_to_array":
        # A third argument is a text that stands for null.
        return len(arguments) > 2
    if name == "array_remove":
        return arguments[0].null_elements and not arguments[1].constant_null
    return name in OF_ELEMENTS and any(each.may_be_null or each.null_elements for each in arguments)


def _of_other_row(reading: Reading, node: Any, name: str, scope: Scope) -> Value:
    """The first or last value of a frame, or what stands in a row before or behind, with what stands for a lack."""
    # What is known of this row isn't of others.
    with reading.knowing(frozenset()):
        value, *rest = [reading.value(argument, scope) for argument in node.args or ()]
    reading.read_parts((node.agg_filter, node.over), scope)
    if name in OF_FRAME:
        there = _has_own_row(node.over, scope)
    else:
        _, *defaults = rest or [NOT_NULL]
        there = bool(defaults) and not defaults[0].may_be_null
    return replace(value, nullable=value.nullable or not there, names=frozenset())


def _with_keys(value: Value, name: str, arguments: list[Value]) -> Value:
    """A value with the keys of its row, if it's JSON built of one; a list of rows that may be missing gets no keys."""
    if name not in documents.BUILDERS or len(arguments) != 1:
        return value
    [row] = arguments
    if not name.endswith("_agg"):
        return replace(value, keys=row.keys, listed=row.listed)
    return value if row.listed or row.may_be_null else replace(value, keys=row.keys, listed=row.keys is not None)


def first_of_group(reading: Reading, node: Any, scope: Scope) -> Value:
    """The first of a group, `(array_agg(x order by y))[1]`, is one of its values; other elements are unknown.

    A slice, `x[1:2]`, is a list as the whole is.
    """
    whole = reading.value(node.arg, scope)
    match node:
        case ast.A_Indirection(
            arg=ast.FuncCall(funcname=[ast.String(sval="array_agg")], args=[argument], agg_filter=None, over=None),
            indirection=[ast.A_Indices(is_slice=False, uidx=ast.A_Const(val=ast.Integer(ival=1)))],
        ):
            with reading.knowing(frozenset()):
                value = reading.value(argument, scope)
            # `[1]` of a two-dimensional array is null.
            single = not (value.type or "[]").endswith("[]") and is_plain(value.type, reading.catalog.enums)
            return value if scope.grouped and single else value.as_nullable()
    if all(getattr(step, "is_slice", False) for step in node.indirection):
        # Beyond its ends a slice has no elements, and is no null.
        bounds = [reading.value(each, scope) for step in node.indirection for each in (step.lidx, step.uidx) if each]
        return replace(whole, nullable=any(value.may_be_null for value in (whole, *bounds)), absent=False)
    return Value(json=whole.json, null_elements=True)


def _has_rows(node: Any, scope: Scope) -> bool:
    """Whether an aggregate has at least one row."""
    if node.agg_filter is not None:
        return False
    if node.over is not None:
        return _has_own_row(node.over, scope)
    return scope.grouped


def _has_own_row(window: Any, scope: Scope) -> bool:
    """Whether a window's frame is sure to have the row itself; one with a name is among those of the level."""
    if window.name is not None:
        window = next(each for each in scope.windows if each.name == window.name)
    options = window.frameOptions
    own = options & _BEGINS_BEFORE and options & _ENDS_BEHIND and not options & _EXCLUDES
    return not options & _NONDEFAULT or bool(own)


def _refuse_outer_aggregate(reading: Reading, node: Any, scope: Scope) -> None:
    """Refuse an aggregate that may belong to an outer query: PostgreSQL would aggregate there, and not here."""
    if not any(level.relations for level in scope.levels() if level is not scope):
        return
    found = list(_row_references((node.args, node.agg_order, node.agg_filter)))
    if found and not any(isinstance(part, ast.ColumnRef) and _is_own_column(part, scope) for part in found):
        may = f"this {function_name(node)} may be of rows of the query around it"
        reading.fault(node, f"{may}: write its columns with their relation")


def _row_references(node: Any) -> Iterator[Any]:
    """Columns and subqueries in an expression."""
    if isinstance(node, ast.ColumnRef | ast.SubLink):
        yield node
        return
    for part in parts(node):
        yield from _row_references(part)


def _is_own_column(reference: Any, scope: Scope) -> bool:
    """Whether a reference is certainly to a column of this level."""
    found = scope.find(reference)
    if found is not None:
        return found.relation in scope.relations
    return len(reference.fields) > 1 and scope.relation(reference.fields[0].sval) in scope.relations


def _is_slice(name: str, node: Any) -> bool:
    """Whether this is a `substring` by position; one by pattern may match nothing."""
    match node.args:
        case [_, ast.A_Const(val=ast.Integer()), *_] if name == "substring":
            return True
    return False


def _extracts_infinite_field(node: Any) -> bool:
    match node.args:
        case [ast.A_Const(val=ast.String(sval=field)), _]:
            return field in INFINITE_FIELDS
    return False
