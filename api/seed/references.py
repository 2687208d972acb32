"""Foreign keys between the tables of families, and the ids that rows get for them."""

from collections.abc import Collection, Mapping, Sequence
from graphlib import TopologicalSorter
from typing import Any, Final, NamedTuple

from psycopg import Connection

from api.samples import Row

_REFERENCES: Final = """
select referring.relname::text, referring_column.attname::text, referenced.relname::text, referring_column.attnotnull
  from pg_constraint as reference
  join pg_class as referring
    on referring.oid = reference.conrelid
  join pg_class as referenced
    on referenced.oid = reference.confrelid
 cross join unnest(reference.conkey, reference.confkey) as pair (referring, referenced)
  join pg_attribute as referring_column
    on referring_column.attrelid = referring.oid
   and referring_column.attnum = pair.referring
  join pg_attribute as referenced_column
    on referenced_column.attrelid = referenced.oid
   and referenced_column.attnum = pair.referenced
 where reference.contype = 'f'
   and referenced_column.attname = 'id'
   and referring.relname::text = any(%(tables)s)
   and referenced.relname::text = any(%(tables)s)
"""


class Reference(NamedTuple):
    """Column with the id of a row of another table, of the same family."""

    table: str
    column: str
    target: str
    required: bool


def read_references(connection: Connection[Any], tables: Collection[str]) -> list[Reference]:
    """References between tables, in the connected database."""
    return [Reference(*row) for row in connection.execute(_REFERENCES, {"tables": list(tables)})]


def in_dependency_order(tables: Collection[str], references: Collection[Reference]) -> list[str]:
    """Tables, each after those that its rows refer to.

    Raises:
        graphlib.CycleError: tables refer to each other in a circle.

    """
    targets: dict[str, set[str]] = {table: set() for table in tables}
    for reference in references:
        if reference.target != reference.table:
            targets[reference.table].add(reference.target)
    return list(TopologicalSorter(targets).static_order())


def resolve(rows: Sequence[Row], references: Collection[Reference], ids: Mapping[str, Sequence[int]]) -> Sequence[Row]:
    """Rows of a family in one table, with ids in place of positions, as `SampleFamily` describes.

    `ids` are those of the family's rows in other tables.
    """
    if not references:
        return rows
    resolved = [{**row, **{each.column: _referred(row, each, ids) for each in references}} for row in rows]
    return [row for row in resolved if not any(each.required and row[each.column] is None for each in references)]


def _referred(row: Row, reference: Reference, ids: Mapping[str, Sequence[int]]) -> int | None:
    position = row.get(reference.column, 0 if reference.required else None)
    among = ids.get(reference.target, ())
    return among[position % len(among)] if among and position is not None else None
