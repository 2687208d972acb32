"""Relations of a `from`: tables, CTEs, subqueries and functions, and which of them may have no row."""

from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

from msgspec.structs import replace
from pglast import ast, enums

from api.database.contract import documents
from api.database.contract.conditions import not_null_columns
from api.database.contract.naming import id_of
from api.database.contract.python_types import take_apart
from api.database.contract.values import ANYTHING, SOMETHING, Columns, Document, Relation, Scope, Value, function_name

if TYPE_CHECKING:
    from api.database.contract.reader import Reader

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
    return Relation(alias.aliasname if alias else None, {name: value for name, value in columns if name})


def table(reader: "Reader", node: Any, scope: Scope) -> Relation:
    """A table, or the CTE of that name."""
    cte = scope.cte(node.relname) if node.schemaname is None else None
    if cte is not None:
        found = relation(node.alias, reader.rename(cte.columns, node.alias, node))
        if not (node.alias and node.alias.colnames):
            found.used = cte.used
    else:
        found = relation(node.alias, reader.rename(_columns_of(reader, node.relname), node.alias, node))
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
    reader.look_through(join.quals, scope)
    for name in join.usingClause or ():
        for found in left + right:
            found.used.add(name.sval)
    if join.jointype == enums.JoinType.JOIN_INNER:
        for found, column in not_null_columns(join.quals, scope):
            found.columns[column] = replace(found.columns[column], nullable=False, absent=False)
    for found in [
        *(left if join.jointype in _LEFT_MAY_LACK else ()),
        *(right if join.jointype in _RIGHT_MAY_LACK else ()),
    ]:
        found.make_optional()
    return left + right


def _function(reader: "Reader", item: Any, scope: Scope) -> Relation:
    columns: Columns = []
    for call, definitions in item.functions:
        columns += _columns(reader, call, definitions or item.coldeflist, scope)
    if item.ordinality:
        columns.append(("ordinality", SOMETHING))
    if item.alias and len(columns) == 1 and not item.alias.colnames and columns[0][0] is None:
        columns = [(item.alias.aliasname, columns[0][1])]
    found = relation(item.alias, reader.rename(columns, item.alias, item))
    if item.coldeflist or any(definitions for _, definitions in item.functions):
        reader.watch(item, [name for name, value in found.columns.items() if value.field], found.used)
    return found


def _columns(reader: "Reader", call: Any, definitions: Any, scope: Scope) -> Columns:
    name = function_name(call)
    if name in documents.RECORDS:
        return documents.records(reader, call, definitions, scope)
    if name == "unnest":
        return [(None, _element(reader, reader.value(argument, scope))) for argument in call.args or ()]
    reader.value(call, scope)
    return [(None, ANYTHING)]


def _element(reader: "Reader", array: Value) -> Value:
    """An element of an array: of a batch's parameter what one call gives for it, else what the list holds."""
    if array.document is None:
        return ANYTHING
    if reader.statement.batch:
        return array
    hint = array.document.type
    if get_origin(hint) is not list:
        return ANYTHING
    declared = take_apart(get_args(hint)[0])
    return Value(
        nullable=declared.nullable, names=array.names, document=Document(array.document.parameter, declared.type)
    )
