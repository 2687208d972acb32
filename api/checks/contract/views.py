"""Nullability of the columns of views, which PostgreSQL doesn't tell: followed through their queries."""

from pathlib import Path
from typing import Final

from msgspec.structs import replace

from api.checks.contract.catalog import Catalog
from api.checks.contract.reader import Reader
from api.checks.sql.ast import parse_sql
from api.database.aliases import Connection
from api.database.statements.files import Statement

_VIEWS: Final = """
select c.relname::text as view_name, pg_get_viewdef(c.oid) as query
  from pg_class as c
 where c.relnamespace = 'public'::regnamespace
   and c.relkind in ('v', 'm')
   and not exists (
         select
           from pg_depend as d
          where d.classid = 'pg_class'::regclass
            and d.objid = c.oid
            and d.deptype = 'e'
       )
 order by c.oid
"""


async def through_views(connection: Connection, catalog: Catalog) -> Catalog:
    """A catalog that knows which columns of views are never null."""
    views = {row["view_name"]: row["query"] for row in await connection.fetch(_VIEWS)}
    while (found := _read(catalog, views)) != catalog:
        catalog = found
    return catalog


def _read(catalog: Catalog, views: dict[str, str]) -> Catalog:
    """Read each view once; one that is made of views says more when they are known."""
    tables = {**catalog.tables}
    for name, query in views.items():
        [tree] = parse_sql(query)
        columns = Reader(replace(catalog, tables=tables), _statement(name, query), {}).read(tree)
        tables[name] = {
            column: replace(facts, nullable=value.may_be_null)
            for (column, facts), (_, value) in zip(tables[name].items(), columns, strict=True)
        }
    return replace(catalog, tables=tables, views=frozenset(views))


def _statement(name: str, query: str) -> Statement:
    return Statement(
        name,
        "many",
        batch=False,
        path=Path(),
        line=1,
        description="",
        notes={},
        source=query,
        text=query,
        parameters=(),
        reads_only=True,
    )
