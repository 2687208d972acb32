"""What is known of tables and of functions in a `from`, and what a join says of its sides."""

from typing import Any, Final

from pglast import enums

from api.checks.contract import documents
from api.checks.contract.conditions import not_null_columns
from api.checks.contract.naming import id_of
from api.checks.contract.python_types import is_plain
from api.checks.contract.reading import Reading
from api.checks.contract.values import ANYTHING, SOMETHING, Relation, Result, Scope, Value
from api.checks.sql import Column
from api.checks.sql.analysis import Join
from api.checks.sql.tree import function_name

_LEFT_MAY_LACK: Final = frozenset({enums.JoinType.JOIN_RIGHT, enums.JoinType.JOIN_FULL})
_RIGHT_MAY_LACK: Final = frozenset({enums.JoinType.JOIN_LEFT, enums.JoinType.JOIN_FULL})


def table(reading: Reading, node: Any) -> Result:
    """Columns of a table of the catalog; of any other nothing is known."""
    known = reading.columns_of(node.relname) if node.schemaname in {None, "public"} else {}
    columns = [
        Column(
            name,
            Value(
                nullable=facts.nullable,
                type=facts.type,
                json=not is_plain(facts.type, reading.catalog.enums),
                names=frozenset({id_of(node.relname) if name == "id" else name}),
            ),
        )
        for name, facts in known.items()
    ]
    return Result(tuple(columns), known=bool(columns))


def joined(join: Join[Relation]) -> None:
    """Take columns for something where an inner join demands it, and rows for missing beside an outer one."""
    how = join.node.jointype
    if how == enums.JoinType.JOIN_INNER:
        for relation, column in not_null_columns(join.node.quals, join.scope):
            relation.take_for_given(column)
        for name, *sides in join.equated:
            for side in sides:
                if side is not None:
                    side.take_for_given(name)
    for relation in [
        *(join.left if how in _LEFT_MAY_LACK else ()),
        *(join.right if how in _RIGHT_MAY_LACK else ()),
    ]:
        relation.make_optional()


def functions(reading: Reading, item: Any, scope: Scope) -> Result:
    """Columns of the functions of a `from`; where it isn't known how many each has, nothing is known of any."""
    columns: list[Column[Value]] = []
    known = True
    for call, definitions in item.functions:
        found = _columns(reading, call, definitions or item.coldeflist, scope)
        known = known and found.known
        several = len(item.functions) > 1
        columns += [Column(name, value.optional() if several else value) for name, value in found.columns]
    if item.ordinality:
        columns.append(Column("ordinality", SOMETHING))
    if not known:
        if len(columns) > 1:
            reading.fault(item, "which column is which isn't known here: cast arrays, count with row_number()")
        columns = [Column(name, ANYTHING) for name, _ in columns]
    return Result(tuple(columns), known)


def has_definitions(item: Any) -> bool:
    """Whether a function's columns are defined where it stands."""
    return bool(item.coldeflist) or any(definitions for _, definitions in item.functions)


def _columns(reading: Reading, call: Any, definitions: Any, scope: Scope) -> Result:
    name = function_name(call)
    if name in documents.RECORDS:
        columns = documents.records(reading, call, definitions, scope)
        return Result(tuple(columns), known=bool(columns))
    if name == "unnest":
        arrays = [reading.value(argument, scope) for argument in call.args or ()]
        elements = [documents.element_of(reading, array) for array in arrays]
        # What is shorter than the others ends in nulls: the parameters of a batch aren't.
        alike = len(elements) == 1 or (reading.statement.batch and all(element.document for element in elements))
        single = all(_is_of_single_values(reading, array) for array in arrays)
        return Result(tuple(Column(None, element if alike else element.optional()) for element in elements), single)
    return Result((Column(None, reading.value(call, scope).optional()),), known=False)


def _is_of_single_values(reading: Reading, array: Value) -> bool:
    """Whether an array's elements are one column in a `from`: those that are rows are several."""
    type_ = array.type or ""
    return type_.endswith("[]") and (type_.startswith("json") or is_plain(type_, reading.catalog.enums))
