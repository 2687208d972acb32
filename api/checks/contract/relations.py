"""Relations of a `from`: tables, CTEs, subqueries and functions, and which of them may have no row."""

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace
from pglast import ast, enums

from api.checks.contract import documents
from api.checks.contract.conditions import not_null_columns
from api.checks.contract.naming import id_of
from api.checks.contract.python_types import is_plain
from api.checks.contract.values import ANYTHING, SOMETHING, Columns, Relation, Scope, Value, function_name

if TYPE_CHECKING:
    from api.checks.contract.reader import Reader

_LEFT_MAY_LACK: Final = frozenset({enums.JoinType.JOIN_RIGHT, enums.JoinType.JOIN_FULL})
_RIGHT_MAY_LACK: Final = frozenset({enums.JoinType.JOIN_LEFT, enums.JoinType.JOIN_FULL})


def read_item(reader: "Reader", item: Any, scope: Scope) -> list[Relation]:
    """Read an item of a `from` into a level; gives the relations that came of it."""
    match item:
        case ast.JoinExpr():
            return _join(reader, item, scope)
        case ast.RangeVar():
            found = table(reader, item, scope)
        case ast.RangeSubselect():
            inner = scope if item.lateral else scope.outer or Scope()
            found = relation(item.alias, reader.rename(reader.query(item.subquery, inner), item.alias, item))
            reader.watch(item, found.columns, found.used)
        case ast.RangeFunction():
            found = _function(reader, item, scope)
        case _:
            reader.fault(item, f"{type(item).__name__} is nothing that the check understands: write it another way")
            found = relation(getattr(item, "alias", None), [])
    scope.relations.append(found)
    return [found]


def relation(alias: Any, columns: Columns) -> Relation:
    """Columns as an item of a `from`."""
    named = {name: value for name, value in columns if name}
    return Relation(alias.aliasname if alias else None, named, unknown=len(named) < len(columns) or not columns)


def table(reader: "Reader", node: Any, scope: Scope) -> Relation:
    """A table, or the CTE of that name."""
    cte = scope.cte(node.relname) if node.schemaname is None else None
    if cte is not None:
        found = relation(node.alias, reader.rename(cte.columns, node.alias, node))
        if not (node.alias and node.alias.colnames):
            found.used = cte.used
    else:
        columns = _columns_of(reader, node.relname) if node.schemaname in {None, "public"} else []
        found = relation(node.alias, reader.rename(columns, node.alias, node))
    found.alias = found.alias or node.relname
    return found


def _columns_of(reader: "Reader", name: str) -> Columns:
    known = reader.catalog.tables.get(name, {})
    return [
        (
            column,
            Value(
                nullable=facts.nullable,
                type=facts.type,
                json=not is_plain(facts.type, reader.catalog.enums),
                names=frozenset({id_of(name) if column == "id" else column}),
            ),
        )
        for column, facts in known.items()
    ]


def _join(reader: "Reader", join: Any, scope: Scope) -> list[Relation]:
    left = read_item(reader, join.larg, scope)
    right = read_item(reader, join.rarg, scope)
    if join.isNatural:
        reader.fault(join, "a natural join changes its meaning with its tables: write `on` or `using`")
    # A condition sees the sides of its join, and no other relation of the level.
    sides = Scope(left + right, scope.outer)
    reader.look_through(join.quals, sides)
    if join.alias is not None or join.join_using_alias is not None:
        reader.fault(join, "an alias of a join hides those in it: write it another way")
    equal = []
    for name in join.usingClause or ():
        for side in (left, right):
            having = [found for found in side if name.sval in found.columns]
            for found in having:
                found.used.add(name.sval)
                # `*` has such a column once.
                found.merged.add(name.sval)
            # Of two that a `using` on this side made one, or may have, it's not known here which is meant.
            if len(having) == 1 and not any(found.unknown for found in side if found not in having):
                equal.append((having[0], name.sval))
    if join.jointype == enums.JoinType.JOIN_INNER:
        for found, column in (*not_null_columns(join.quals, sides), *equal):
            found.columns[column] = replace(found.columns[column], nullable=False, absent=False)
    for found in [
        *(left if join.jointype in _LEFT_MAY_LACK else ()),
        *(right if join.jointype in _RIGHT_MAY_LACK else ()),
    ]:
        found.make_optional()
    return left + right


def _function(reader: "Reader", item: Any, scope: Scope) -> Relation:
    if item.alias is None:
        reader.fault(item, "a function's rows hide others that are called as it is: give them a name with `as`")
    columns: Columns = []
    counted = True
    for call, definitions in item.functions:
        found_here, all_known = _columns(reader, call, definitions or item.coldeflist, scope)
        counted = counted and all_known
        columns += [(name, value.optional()) for name, value in found_here] if len(item.functions) > 1 else found_here
    if item.ordinality:
        columns.append(("ordinality", SOMETHING))
    if not counted:
        if len(columns) > 1:
            reader.fault(item, "which column is which isn't known here: cast arrays, count with row_number()")
        columns = [(name, ANYTHING) for name, _ in columns]
    if item.alias and len(columns) == 1 and not item.alias.colnames and columns[0][0] is None:
        columns = [(item.alias.aliasname, columns[0][1])]
    found = relation(item.alias, reader.rename(columns, item.alias, item))
    found.unknown = found.unknown or not counted
    if item.coldeflist or any(definitions for _, definitions in item.functions):
        reader.watch(item, [name for name, value in found.columns.items() if value.field], found.used)
    return found


def _columns(reader: "Reader", call: Any, definitions: Any, scope: Scope) -> tuple[Columns, bool]:
    """Columns of a function, and whether it's known that it has these and no other."""
    name = function_name(call)
    if name in documents.RECORDS:
        columns = documents.records(reader, call, definitions, scope)
        return columns, bool(columns)
    if name == "unnest":
        arrays = [reader.value(argument, scope) for argument in call.args or ()]
        elements = [documents.element_of(reader, array) for array in arrays]
        # What is shorter than the others ends in nulls: the parameters of a batch aren't.
        alike = len(elements) == 1 or (reader.statement.batch and all(element.document for element in elements))
        single = all(_is_of_single_values(reader, array) for array in arrays)
        return [(None, element if alike else element.optional()) for element in elements], single
    return [(None, reader.value(call, scope).optional())], False


def _is_of_single_values(reader: "Reader", array: Value) -> bool:
    """Whether an array's elements are one column in a `from`: those that are rows are several."""
    type_ = array.type or ""
    return type_.endswith("[]") and (type_.startswith("json") or is_plain(type_, reader.catalog.enums))
