"""Reads the columns and unique keys of tables."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from api.checks.contract.catalog import read_catalog
from api.database.aliases import Connection


class Catalog(msgspec.Struct, frozen=True):
    """Columns of each table in their order, and its unique keys.

    A part of a key is a column, an expression such as `fold(username)`, or the condition of a partial index, such as
    `withdrawn_at IS NULL`. `identities` are the tables that number their rows, `sets` the functions that give several.
    """

    columns: Mapping[str, Sequence[str]]
    keys: Mapping[str, Sequence[frozenset[str]]]
    identities: frozenset[str]
    sets: frozenset[str]


_KEYS: Final = """
select x.indrelid::regclass::text as table_name,
       array(
         select pg_get_indexdef(x.indexrelid, place, true)
           from generate_series(1, x.indnkeyatts) as place
       )
       || array_remove(array[btrim(pg_get_expr(x.indpred, x.indrelid), '()')], null) as parts
  from pg_index as x
  join pg_class as c
    on c.oid = x.indrelid
 where c.relnamespace = 'public'::regnamespace
   and x.indisunique
   and x.indisvalid
 order by x.indisprimary desc, x.indexrelid
"""
_IDENTITIES: Final = "select attrelid::regclass::text from pg_attribute where attidentity <> '' and not attisdropped"
_SETS: Final = "select distinct proname::text from pg_proc where proretset"


async def read_keys(connection: Connection) -> Catalog:
    """Columns and keys of the database behind a connection."""
    columns = {name: tuple(table) for name, table in (await read_catalog(connection)).tables.items()}
    keys: dict[str, list[frozenset[str]]] = {}
    for table, parts in await connection.fetch(_KEYS):
        keys.setdefault(table, []).append(frozenset(parts))
    identities, sets = [frozenset(name for (name,) in await connection.fetch(query)) for query in (_IDENTITIES, _SETS)]
    return Catalog(columns, keys, identities, sets)
