"""Abstract values of the columns of tables and functions in a `from`, and the effect of joins on them."""

from typing import Any, Final

from api.checks.contract import documents
from api.checks.contract.cardinality import certainly_has_row
from api.checks.contract.conditions import not_null_columns
from api.checks.contract.naming import id_of
from api.checks.contract.null_semantics import SETS
from api.checks.contract.python_types import is_plain
from api.checks.contract.reading import Reading
from api.checks.contract.values import NOT_NULL, UNKNOWN, Relation, Result, Scope, Value
from api.checks.sql import Column, ast
from api.checks.sql.analysis import Join
from api.checks.sql.tree import function_name, nodes

_MOMENTS: Final = frozenset({"timestamp", "timestamptz"})


def table(reading: Reading, node: Any) -> Result:
    """Columns of a table; nothing is known of one that the catalog lacks."""
    known = reading.columns_of(node.relname) if node.schemaname in {None, "public"} else {}
    is_view = node.relname in reading.catalog.views
    columns = [
        Column(
            name,
            Value(
                nullable=facts.nullable,
                type=facts.type,
                json=not is_plain(facts.type, reading.catalog.enums),
                keys=composite_keys(reading, facts.type),
                # Whose id a view shows isn't known.
                names=frozenset({id_of(node.relname) if name == "id" and not is_view else name}),
            ),
        )
        for name, facts in known.items()
    ]
    return Result(tuple(columns), known=bool(columns))


def system_column(reading: Reading, relation: Relation) -> Value:
    """A system column, such as `ctid`, which each row has that is there; in a view it's one of a level around it."""
    if not relation.complete or relation.node.relname in reading.catalog.views:
        return UNKNOWN
    return Value(nullable=relation.nullable, json=False)


def composite_keys(reading: Reading, type_: str) -> dict[str, Value] | None:
    """Values by field of a composite type, each of which may be null; None for other types."""
    fields = reading.catalog.composites.get(type_)
    if fields is None:
        return None
    found: dict[str, Value] = {}
    for name, field in fields.items():
        base = reading.catalog.base(field)
        plain = is_plain(base, reading.catalog.enums)
        found[name] = Value(type=base, json=not plain, keys=composite_keys(reading, base))
    return found


def on_join(join: Join[Relation]) -> None:
    """Mark columns not null that an inner join requires to be, and the optional side of an outer join nullable."""
    if not (join.keeps_left or join.keeps_right):
        for relation, column in not_null_columns(join.node.quals, join.scope):
            relation.mark_not_null(column)
        for name, *sides in join.equated:
            for side in sides:
                if side is not None:
                    side.mark_not_null(name)
    for relation in [
        *(join.left if join.keeps_right else ()),
        *(join.right if join.keeps_left and not _is_always_there(join.node) else ()),
    ]:
        relation.mark_nullable()


def _is_always_there(join: Any) -> bool:
    """Whether a join adds a subquery that is certain to have a row, as one that counts does, on no condition."""
    match join:
        case ast.JoinExpr(
            jointype=ast.JoinType.JOIN_LEFT,
            rarg=ast.RangeSubselect(subquery=query),
            quals=ast.A_Const(val=ast.Boolean(boolval=True)),
        ):
            return isinstance(query, ast.SelectStmt) and certainly_has_row(query)
    return False


def functions(reading: Reading, item: Any, scope: Scope) -> Result:
    """Columns of the functions in a `from` item; unknown unless it's known how many each function has."""
    columns: list[Column[Value]] = []
    known = True
    for call, definitions in item.functions:
        found = _columns(reading, call, definitions or item.coldeflist, scope)
        known = known and found.known
        # The parameters of a batch are all of one length; the rows of other functions are filled up with nulls.
        uneven = len(item.functions) > 1 and not (reading.statement.batch and _is_of_calls(found))
        columns += [Column(name, value.as_nullable() if uneven else value) for name, value in found.columns]
    if item.ordinality:
        columns.append(Column("ordinality", NOT_NULL))
    if not known:
        if len(columns) > 1:
            reading.fault(item, "which column is which isn't known here: cast arrays, count with row_number()")
        columns = [Column(name, UNKNOWN) for name, _ in columns]
    return Result(tuple(columns), known)


def _is_of_calls(found: Result) -> bool:
    return all(value.document is not None for _, value in found.columns)


def has_definitions(item: Any) -> bool:
    """Whether a function has a column definition list."""
    return bool(item.coldeflist) or any(definitions for _, definitions in item.functions)


def unnests_parameters(item: Any) -> bool:
    """Whether an item is an `unnest` of parameters."""
    return any(
        function_name(call) == "unnest" and any(isinstance(node, ast.ParamRef) for node in nodes(call.args))
        for call, _ in item.functions
    )


def _columns(reading: Reading, call: Any, definitions: Any, scope: Scope) -> Result:
    name = function_name(call)
    if name in documents.RECORDS:
        columns = documents.record_columns(reading, call, definitions, scope)
        return Result(tuple(columns), known=bool(columns))
    if name == "unnest":
        arrays = [reading.value(argument, scope) for argument in call.args or ()]
        elements = [documents.element_of(reading, array) for array in arrays]
        # `unnest` fills up shorter arrays with nulls; the parameters of a batch are all of one length.
        alike = len(elements) == 1 or (reading.statement.batch and all(element.document for element in elements))
        single = all(_is_of_single_values(reading, array) for array in arrays)
        return Result(tuple(Column(None, element if alike else element.as_nullable()) for element in elements), single)
    value = reading.value(call, scope)
    if name in SETS:
        # A third argument of `string_to_table` is a text that stands for null.
        null = name == "string_to_table" and len(call.args or ()) > 2
        types = SETS[name] or (_series_type(reading, call.args, scope),)
        return Result(tuple(_of_set(type_, reading, null=null) for type_ in types))
    return Result((Column(None, value.as_nullable()),), known=False)


def _series_type(reading: Reading, arguments: Any, scope: Scope) -> str | None:
    """Type of a `generate_series`: that of its bounds and step, if they are of one; dates make moments."""
    first, *others = (reading.value(each, scope).type for each in arguments)
    if first in _MOMENTS:
        return first if others[0] == first else None
    alike = (
        type_ == first or (isinstance(each, ast.A_Const) and isinstance(each.val, ast.Integer))
        for type_, each in zip(others, arguments[1:], strict=True)
    )
    return first if first != "date" and all(alike) else None


def _of_set(type_: str | None, reading: Reading, *, null: bool) -> Column[Value]:
    """A column of a function that gives rows; of a null it gives none."""
    name, _, or_null = (type_ or "").partition(" or ")
    plain = is_plain(name, reading.catalog.enums)
    return Column(None, Value(nullable=null or bool(or_null), type=name or None, json=not plain))


def _is_of_single_values(reading: Reading, array: Value) -> bool:
    """Whether `unnest` of an array gives one column; elements of a composite type give several."""
    type_ = array.type or ""
    return type_.endswith("[]") and (type_.startswith("json") or is_plain(type_, reading.catalog.enums))
