"""Reads the planner statistics of a database, and has an empty database plan with them.

Histograms and common values are left out, as those of timestamps change every day and names are personal data.
"""

import re
from collections.abc import Collection, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.sql import SQL, Literal

# With fewer rows in a table, a plan doesn't show what it would be with many.
FEW_ROWS: Final = 1000
_NAMES: Final = re.compile(r"'relname', '(\w+)'")
_BLOCK: Final = 8192
# Most blocks in one file of a relation; further blocks are in another file.
_SEGMENT: Final = 131_072

_RELATIONS: Final = """
select relname, relpages, reltuples, relallvisible, relallfrozen
  from pg_class as c
 where relnamespace = 'public'::regnamespace
   and relkind in ('r', 'i')
   and relpages > 1
   and oid::regclass::text !~ '^(_?yoyo|migration_)'
   and (%(tables)s::text[] is null or coalesce(
         (select x.indrelid::regclass::text from pg_index as x where x.indexrelid = c.oid), relname
       ) = any (%(tables)s))
 order by relname
"""
_COLUMNS: Final = """
select tablename, attname, null_frac, avg_width, n_distinct, correlation
  from pg_stats
 where schemaname = 'public'
   and tablename = any (%s)
 order by tablename, attname
"""
_FILES: Final = """
select relname, current_setting('data_directory') || '/' || pg_relation_filepath(oid), relpages
  from pg_class
 where relnamespace = 'public'::regnamespace
   and relkind in ('r', 'i')
   and relpages > 1
"""

# Sizes and distributions of 200,000 rows of 100,000 owners, for tables without statistics and their indexes.
_ASSUME: Final = """
with unknown as (
  select c.oid, c.relname
    from pg_class as c
   where c.oid = any (array(select to_regclass(name) from unnest(%s::text[]) as name))
     and c.relpages = 0
),
relations as (
  select pg_restore_relation_stats(
           'schemaname', 'public', 'relname', r.relname, 'relpages', r.pages, 'reltuples', 200000::real
         ) as done
    from (
           select relname::text, 4000 as pages
             from unknown
            union all
           select i.relname::text, 800
             from unknown
             join pg_index as x
               on x.indrelid = unknown.oid
             join pg_class as i
               on i.oid = x.indexrelid
         ) as r
),
attributes as (
  select pg_restore_attribute_stats(
           'schemaname', 'public', 'relname', unknown.relname::text, 'attname', a.attname::text, 'inherited', false,
           'null_frac', 0::real, 'avg_width', case when a.attlen > 0 then a.attlen::integer else 24 end, 'n_distinct',
           case when a.attname = 'id' then -1::real when a.attname like '%%\\_id' then -0.5::real else 1000::real end
         ) as done
    from unknown
    join pg_attribute as a
      on a.attrelid = unknown.oid
     and a.attnum > 0
     and not a.attisdropped
)
select count(done)
  from (select done from relations union all select done from attributes) as restored
"""
# Tables that migrations give many rows to, and that don't grow, unless they're analyzed already.
_FILLED: Final = """
select oid::regclass::text
  from pg_class
 where relnamespace = 'public'::regnamespace
   and relkind = 'r'
   and relname <> all (%s)
   and relpages = 0
   and pg_relation_size(oid) > current_setting('block_size')::integer
"""
_SIZES: Final = """
select relname, greatest(reltuples, 0)::bigint
  from pg_class
 where oid = any (%s::regclass[])
 order by relname
"""


def table_sizes(connection: psycopg.Connection[Any], tables: Iterable[str]) -> dict[str, int]:
    """Estimated rows of tables, 0 if never analyzed, by name in alphabetical order."""
    return dict(connection.execute(_SIZES, [sorted(tables)]).fetchall())


def tables_in(statistics: str) -> set[str]:
    """Tables and indexes that a text of `read_statistics` knows."""
    return set(_NAMES.findall(statistics))


def read_statistics(connection: psycopg.Connection[Any], tables: Collection[str] | None = None) -> str:
    """Statements that restore this database's statistics of tables, indexes and columns in another one.

    `tables` limits them to those, and their indexes.
    """
    relations = connection.execute(_RELATIONS, {"tables": sorted(tables) if tables is not None else None}).fetchall()
    lines = [
        *(
            _call(connection, "pg_restore_relation_stats", relname=name, relpages=pages, reltuples=int(tuples),
                  relallvisible=visible, relallfrozen=frozen)
            for name, pages, tuples, visible, frozen in relations
        ),
        *(
            _call(connection, "pg_restore_attribute_stats", relname=table, attname=column, inherited=False,
                  null_frac=null, avg_width=width, n_distinct=distinct, correlation=correlation)
            for table, column, null, width, distinct, correlation in connection.execute(
                _COLUMNS, [[name for name, *_ in relations]]
            )
        ),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def pretend_statistics(connection: psycopg.Connection[Any], statistics: str, growing: Iterable[str]) -> None:
    """Have an empty database plan with the given statistics, by making its files as long as they say.

    This process has to be allowed to change the server's files. The pages are empty, and nothing may be written to the
    tables afterwards. Statistics of missing tables and indexes are skipped, which shows the plans without a dropped
    index. For growing tables that aren't in the statistics yet, two rows for each family are assumed. Other tables that
    migrations give many rows are analyzed, as autovacuum does it sooner or later.

    Raises:
        ValueError: a table or index is larger than one file.

    """
    for line in statistics.splitlines():
        with suppress(psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn), connection.transaction():
            connection.execute(line.encode())
    growing = sorted(growing)
    connection.execute(_ASSUME, [growing])
    for (filled,) in connection.execute(_FILLED, [growing]).fetchall():
        connection.execute(SQL("analyze {}").format(SQL(filled)))
    connection.execute("checkpoint")
    for name, path, pages in connection.execute(_FILES).fetchall():
        if pages >= _SEGMENT:
            raise ValueError(f"{name} is larger than one file")
        with Path(path).open("r+b") as file:
            file.truncate(pages * _BLOCK)


def _call(connection: psycopg.Connection[Any], function: str, **arguments: Any) -> str:
    pairs = SQL(", ").join(
        SQL("{}, {}{}").format(Literal(name), Literal(value), SQL(_cast(name)))
        for name, value in {"schemaname": "public", **arguments}.items()
        if value is not None
    )
    return SQL("select {}({});").format(SQL(function), pairs).as_string(connection)


def _cast(name: str) -> str:
    return {
        "relpages": "::integer",
        "reltuples": "::real",
        "relallvisible": "::integer",
        "relallfrozen": "::integer",
        "null_frac": "::real",
        "avg_width": "::integer",
        "n_distinct": "::real",
        "correlation": "::real",
    }.get(name, "")
