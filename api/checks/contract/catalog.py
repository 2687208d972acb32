"""Reads the tables and enums that statements depend on from a database."""

from collections.abc import Mapping
from typing import Final

import msgspec

from api.database.aliases import Connection


class TableColumn(msgspec.Struct, frozen=True):
    """A column of a table; `type` is PostgreSQL's short name, such as `int8` or `text[]`.

    `nullable` if a row may have null there, also if a `not null` isn't validated yet; `refuses_null` if null can't be
    written; `required` if an insert has to give a value.
    """

    type: str
    nullable: bool
    refuses_null: bool
    required: bool


Table = Mapping[str, TableColumn]


class Catalog(msgspec.Struct, frozen=True):
    """Columns of each table, in their order, and labels of each enum."""

    tables: Mapping[str, Table]
    enums: Mapping[str, tuple[str, ...]]


_COLUMNS: Final = """
select c.relname::text as table_name, a.attname::text as column_name,
       case
         when e.oid is null then t.typname::text
         else e.typname || '[]'
       end as type,
       not a.attnotnull or not coalesce(k.convalidated, true) as nullable,
       a.attnotnull as refuses_null,
       a.attnotnull and not a.atthasdef and a.attidentity = '' as required
  from pg_class as c
  join pg_attribute as a
    on a.attrelid = c.oid
   and a.attnum > 0
   and not a.attisdropped
  join pg_type as t
    on t.oid = a.atttypid
  left join pg_type as e
    on e.oid = t.typelem
   and t.typcategory = 'A'
  left join pg_constraint as k
    on k.conrelid = c.oid
   and k.contype = 'n'
   and k.conkey = array[a.attnum]
 where c.relnamespace = 'public'::regnamespace
   and c.relkind in ('r', 'p', 'v', 'm')
 order by c.relname, a.attnum
"""
_LABELS: Final = """
select t.typname::text as name, array_agg(e.enumlabel::text order by e.enumsortorder) as labels
  from pg_enum as e
  join pg_type as t
    on t.oid = e.enumtypid
   and t.typnamespace = 'public'::regnamespace
 group by t.typname
"""


async def read_catalog(connection: Connection) -> Catalog:
    """Tables and enums of the database behind a connection."""
    tables: dict[str, dict[str, TableColumn]] = {}
    for table, column, *rest in await connection.fetch(_COLUMNS):
        tables.setdefault(table, {})[column] = TableColumn(*rest)
    labels = {name: tuple(labels) for name, labels in await connection.fetch(_LABELS)}
    return Catalog(tables, labels)
