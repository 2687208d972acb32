"""Reads the tables and enums that statements depend on from a database."""

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

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
    """Columns of each table, in their order, labels of each enum, and what domains and composite types are made of."""

    tables: Mapping[str, Table]
    enums: Mapping[str, tuple[str, ...]]
    # Types by the names of domains, which may be domains too.
    domains: Mapping[str, str] = {}
    # Fields of composite types, with their types.
    composites: Mapping[str, Mapping[str, str]] = {}
    views: frozenset[str] = frozenset()

    def base(self, type_: str) -> str:
        """A type, or the one that a domain or a list of domains is of."""
        element = type_.removesuffix("[]")
        while element in self.domains:
            element = self.domains[element]
        return f"{element}[]" if type_.endswith("[]") else element


_COLUMNS: Final = """
select c.relname::text as table_name, a.attname::text as column_name,
       case
         when e.oid is null then t.typname::text
         else e.typname || '[]'
       end as type,
       (not a.attnotnull or not coalesce(k.convalidated, true)) and not t.typnotnull as nullable,
       a.attnotnull or t.typnotnull as refuses_null,
       (a.attnotnull or t.typnotnull) and not a.atthasdef and a.attidentity = '' and t.typdefault is null as required
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
# Domains with the type that they are of, and fields of composite types that aren't rows of a table.
_MADE_TYPES: Final = """
select t.typname::text as name, null::text as field, coalesce(e.typname || '[]', b.typname) as type
  from pg_type as t
  join pg_type as b
    on b.oid = t.typbasetype
  left join pg_type as e
    on e.oid = b.typelem
   and b.typcategory = 'A'
 where t.typtype = 'd'
   and t.typnamespace = 'public'::regnamespace
 union all
select c.relname, a.attname, coalesce(e.typname || '[]', b.typname)
  from pg_class as c
  join pg_attribute as a
    on a.attrelid = c.oid
   and a.attnum > 0
   and not a.attisdropped
  join pg_type as b
    on b.oid = a.atttypid
  left join pg_type as e
    on e.oid = b.typelem
   and b.typcategory = 'A'
 where c.relkind = 'c'
   and c.relnamespace = 'public'::regnamespace
"""


async def read_catalog(connection: Connection) -> Catalog:
    """Tables and types of the database behind a connection."""
    labels = {name: tuple(labels) for name, labels in await connection.fetch(_LABELS)}
    domains: dict[str, str] = {}
    composites: dict[str, dict[str, str]] = {}
    for name, field, type_ in await connection.fetch(_MADE_TYPES):
        if field is None:
            domains[name] = type_
        else:
            composites.setdefault(name, {})[field] = type_
    made = Catalog({}, labels, domains, composites)
    tables: dict[str, dict[str, TableColumn]] = {}
    for table, column, type_, *rest in await connection.fetch(_COLUMNS):
        tables.setdefault(table, {})[column] = TableColumn(made.base(type_), *rest)
    return replace(made, tables=tables)
