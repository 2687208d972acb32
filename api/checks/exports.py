"""Whether an export gives each column of what is known of an account and its family, or says why not.

What statements of exports.sql give is followed through their parse trees: columns that reach the result as they are, in
JSON too. What only a condition, a count or a digest is of isn't given.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, LiteralString, NamedTuple

import psycopg

from api.checks import sql
from api.checks.contract.documents import BUILDERS
from api.checks.contract.null_semantics import LISTS, OBJECTS
from api.checks.faults import Message
from api.checks.ownership.owned_tables import OWNED, OwnedTable
from api.checks.sql import Found, ast
from api.checks.sql.ast import tree_of
from api.checks.sql.tree import expressions_in, function_name, parts
from api.database.statements.files import Statement
from api.exports.left_out import LEFT_OUT

_EXPORTS: Final = "exports.sql"

# Columns of tables, with the class that their comments say.
_COLUMNS: Final[LiteralString] = r"""
select t.relname::text, a.attname::text, coalesce(substring(col_description(t.oid, a.attnum) from '^\[([a-z-]+)\]'), '')
  from pg_class as t
  join pg_attribute as a
    on a.attrelid = t.oid
   and a.attnum > 0
   and not a.attisdropped
 where t.relnamespace = 'public'::regnamespace
   and t.relkind in ('r', 'p')
   and not t.relispartition
 order by t.relname, a.attnum
"""

# Columns that a value is made of and still shows, as `table.column`.
Shown = frozenset[str]
Relation = sql.Relation[Shown]
Result = sql.Result[Shown]
Scope = sql.Scope[Relation]

_NOTHING: Final[Shown] = frozenset()
_SHOWING: Final = BUILDERS | LISTS | OBJECTS | {"encode"}
_PASSED_ON: Final = (
    *(ast.TypeCast, ast.CoalesceExpr, ast.CollateClause, ast.RowExpr, ast.A_ArrayExpr),
    *(ast.JsonObjectConstructor, ast.JsonArrayConstructor),
)
_OF_VALUES: Final = frozenset({ast.SubLinkType.EXPR_SUBLINK, ast.SubLinkType.ARRAY_SUBLINK})


class Stored(NamedTuple):
    """A column, and its privacy class."""

    table: str
    name: str
    privacy: str


class Reader(sql.Reader[Shown, Relation]):
    """Finds the columns that a statement's result shows."""

    unknown = _NOTHING
    relation_type = Relation

    def __init__(self, tables: Mapping[str, Sequence[str]]) -> None:
        super().__init__()
        self._tables = tables

    def shown(self, tree: Any) -> Shown:
        """Columns that a statement gives."""
        return _all_of(self.query(tree, Scope()))

    def parameter(self, node: Any) -> Shown:  # noqa: ARG002
        return _NOTHING

    def column(self, found: Found[Relation]) -> Shown:
        columns = found.relation.columns
        return _NOTHING.union(*columns.values()) if found.column is None else columns[found.column]

    def subquery(self, node: Any, result: Result) -> Shown:
        return _all_of(result) if node.subLinkType in _OF_VALUES else _NOTHING

    def either(self, values: Sequence[Shown]) -> Shown:
        return _NOTHING.union(*values)

    def both(self, one: Shown, other: Shown) -> Shown:
        return one | other

    def operation(self, node: Any, scope: Scope) -> Shown:
        values = [self.value(part, scope) for part in expressions_in(tuple(parts(node)))]
        return _NOTHING.union(*values) if isinstance(node, _PASSED_ON) else _NOTHING

    def call(self, node: Any, scope: Scope) -> Shown:
        values = [self.value(argument, scope) for argument in node.args or ()]
        self.read_parts((node.agg_filter, node.agg_order, node.over), scope)
        return _NOTHING.union(*values) if function_name(node) in _SHOWING else _NOTHING

    def row_of(self, node: Any, result: Result) -> list[Shown]:  # noqa: ARG002
        return [column.value for column in result.columns]

    def table(self, node: Any) -> Result:
        names = self._tables.get(node.relname, ())
        columns = tuple(sql.Column(name, frozenset({f"{node.relname}.{name}"})) for name in names)
        return Result(columns, known=bool(columns))

    def functions(self, item: Any, scope: Scope) -> Result:
        for call, _ in item.functions:
            self.value(call, scope)
        return Result(known=False)

    def row_version(self, target: Relation, alias: str, *, missing: bool) -> dict[str, Shown]:  # noqa: ARG002
        return dict(target.columns)

    def excluded(self, target: Relation, given: Mapping[str, Shown]) -> dict[str, Shown]:  # noqa: ARG002
        return dict(given)


def _all_of(result: Result) -> Shown:
    return _NOTHING.union(*(column.value for column in result.columns))


def read_columns(connection: psycopg.Connection[Any]) -> list[Stored]:
    """Columns of all tables."""
    return [Stored(*row) for row in connection.execute(_COLUMNS)]


def wanted(columns: Sequence[Stored], owned: Mapping[str, OwnedTable] = OWNED) -> dict[str, Stored]:
    """Columns that an export is to have: of tables whose rows have an owner, or that hold something about somebody.

    Whose a row is needn't be said: the document is of one account and its family.
    """
    about = {each.table for each in columns if each.privacy in {"personal", "health-related"}} | owned.keys()
    owners = {(name, owner) for name, table in owned.items() for owner in table.owners}
    return {
        f"{each.table}.{each.name}": each
        for each in columns
        if each.table in about and (each.table, each.name) not in owners
    }


def check_export(
    columns: Sequence[Stored],
    statements: Mapping[str, Statement],
    left_out: Mapping[str, str] = LEFT_OUT,
    owned: Mapping[str, OwnedTable] = OWNED,
) -> list[str]:
    """Columns that the export lacks, and entries of the list of those left out that nothing needs."""
    stored = wanted(columns, owned)
    given = _given(columns, statements)
    by_table = {column.partition(".")[0]: statement for column, statement in given.items()}
    return [
        *(
            f"{column}: {fault}"
            for column, each in stored.items()
            for fault in _missing(each, given.get(column), by_table.get(each.table), is_listed=column in left_out)
        ),
        *(f"{column}: {fault}" for column in left_out for fault in _idle(stored.get(column), given.get(column))),
    ]


def _missing(each: Stored, given_by: str | None, beside: str | None, *, is_listed: bool) -> Iterator[Message]:
    if each.privacy == "secret":
        if given_by is not None:
            yield f"it's secret, and {given_by} gives it: take it out there"
        elif not is_listed:
            yield "it's secret: say in api/exports/left_out.py why it isn't given"
    elif given_by is None and not is_listed:
        if beside is None:
            yield (
                "no statement of sql/queries/exports.sql gives rows of this table: add one, and a field in"
                " api/exports/schemas.py, or say in api/exports/left_out.py why not"
            )
        else:
            yield (
                f"{beside} doesn't give it: add it there, and a field in api/exports/schemas.py, or say in"
                " api/exports/left_out.py why not"
            )


def _idle(each: Stored | None, given_by: str | None) -> Iterator[Message]:
    if each is None:
        yield "an export needs no such column: take it out of api/exports/left_out.py"
    elif given_by is not None and each.privacy != "secret":
        yield f"{given_by} gives it: take it out of api/exports/left_out.py"


def _given(columns: Sequence[Stored], statements: Mapping[str, Statement]) -> dict[str, str]:
    """Columns that statements of the export give, each with the last of these; what one writes besides isn't given."""
    tables: dict[str, list[str]] = {}
    for each in columns:
        tables.setdefault(each.table, []).append(each.name)
    return {
        column: name
        for name, statement in statements.items()
        if statement.path.name == _EXPORTS and statement.reads_only
        for column in Reader(tables).shown(tree_of(statement.text))
    }
