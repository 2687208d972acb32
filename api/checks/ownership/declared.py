"""Checks that tables which say whose their rows are, are declared so."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, LiteralString

import psycopg

from api.checks.contract.catalog import read_catalog
from api.checks.contract.views import through_views
from api.checks.faults import Message
from api.checks.ownership.owned_tables import OWNED, UNOWNED, OwnedTable
from api.database.aliases import Connection

# Columns that refer to an account or a family, or are called as those that do.
_OWNERS: Final[LiteralString] = """
select c.relname::text, min(a.attname)::text
  from pg_class as c
  join pg_attribute as a
    on a.attrelid = c.oid
   and a.attnum > 0
   and not a.attisdropped
 where c.relnamespace = 'public'::regnamespace
   and c.relkind in ('r', 'p', 'v', 'm')
   and (
         a.attname in ('user_id', 'parent_profile_id')
         or exists (
              select
                from pg_constraint as f
               where f.conrelid = c.oid
                 and f.contype = 'f'
                 and f.confrelid in (to_regclass('public.users'), to_regclass('public.parent_profiles'))
                 and a.attnum = any(f.conkey)
            )
       )
 group by c.relname
 order by c.relname
"""


def check_declared(connection: psycopg.Connection[Any], unowned: Collection[str] = UNOWNED) -> list[str]:
    """Tables that their features call nobody's, and that belong to accounts or families."""
    rows = connection.execute(_OWNERS).fetchall()
    return [f"{table}: {what}" for table, column in rows if table in unowned for what in _faults(table, column)]


def _faults(table: str, column: str) -> Iterator[Message]:
    yield f'write `tables=family_table("{table}")` in the facts.py of its feature: its {column} says whose its rows are'


async def check_nobodys(connection: Connection, owned: Mapping[str, OwnedTable] = OWNED) -> list[str]:
    """Tables and views with an owner column that may be null, although their features don't say so."""
    catalog = await through_views(connection, await read_catalog(connection))
    return [
        f"{name}: {what}"
        for name, table in owned.items()
        for column, facts in catalog.tables.get(name, {}).items()
        if column in table.owners and facts.nullable and not table.may_be_nobodys
        for what in _nobodys(column)
    ]


def _nobodys(column: str) -> Iterator[Message]:
    yield f"its {column} may be null: make it not null, or write `may_be_nobodys=True` in the facts.py of its feature"
