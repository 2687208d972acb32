"""Counts and checksums of tables, to tell whether another database holds the same rows."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
import psycopg
from psycopg.sql import SQL, Identifier

_TABLES: Final = """
select c.relname,
       array_agg(a.attname::text order by a.attname)
  from pg_class as c
  join pg_attribute as a
    on a.attrelid = c.oid
   and a.attnum > 0
   and not a.attisdropped
 where c.relnamespace = 'public'::regnamespace
   and c.relkind = 'r'
   and not exists (
         select
           from pg_depend as d
          where d.classid = 'pg_class'::regclass
            and d.objid = c.oid
            and d.deptype = 'e'
       )
 group by c.relname
 order by c.relname
"""
# The sum of the rows' hashes: it's the same in whatever order they are read, so nothing is sorted.
_SUM: Final = SQL("""
select count(*), coalesce(sum(hashtextextended(row({columns})::text, 0)), 0)::text
  from public.{table}
""")
# What the text of a row depends on.
_SETTINGS: Final = "set datestyle = iso; set timezone = utc; set bytea_output = hex; set extra_float_digits = 1"


class TableSum(msgspec.Struct, frozen=True):
    """How many rows a table has, and the sum of the hashes of their texts over these columns."""

    columns: list[str]
    rows: int
    checksum: str


def read_tables(connection: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """Tables of the schema that no extension owns, with their columns."""
    return dict(connection.execute(_TABLES).fetchall())


def table_sums(connection: psycopg.Connection[Any], known: Mapping[str, TableSum] | None = None) -> dict[str, TableSum]:
    """Sums of all tables, or of those that are `known`, over the columns that these have."""
    connection.execute(_SETTINGS)
    tables = read_tables(connection) if known is None else {name: table.columns for name, table in known.items()}
    return {name: _sum(connection, name, columns) for name, columns in tables.items()}


def differences(expected: Mapping[str, TableSum], found: Mapping[str, TableSum]) -> list[str]:
    """Tables that hold other rows than expected, with both numbers."""
    return [
        f"{name}: {found[name].rows:,} rows, expected {table.rows:,}"
        + (" others" if found[name].rows == table.rows else "")
        for name, table in expected.items()
        if found[name] != table
    ]


def _sum(connection: psycopg.Connection[Any], table: str, columns: list[str]) -> TableSum:
    query = _SUM.format(table=Identifier(table), columns=SQL(", ").join(map(Identifier, columns)))
    [(rows, checksum)] = connection.execute(query).fetchall()
    return TableSum(columns, rows, checksum)
