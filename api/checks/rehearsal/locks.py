"""Finds which tables a migration locks and rewrites, and how long clients wait for it.

A transaction keeps its locks to its end, so a trigger on the table of checksums that is deferred to the commit sees all
of them, however short they last. The locks of a migration outside a transaction, and how long clients wait, are sampled
every few milliseconds.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import asyncpg

from api.database.aliases import Connection
from api.migrations.backend import CHECKSUMS

# Seconds between two samples.
INTERVAL: Final = 0.005

# From the weakest to the strongest, as pg_locks writes them.
_MODES: Final = (
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
)
_NAMES: Final = (
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)

_INSTALL: Final = f"""
create schema rehearsal;
create table rehearsal.locks (migration_id text not null, relation oid not null, mode text not null);
create function rehearsal.note_locks()
  returns trigger
  language plpgsql
as $$
begin
  insert into rehearsal.locks
  select new.migration_id, relation, mode
    from pg_locks
   where pid = pg_backend_pid()
     and locktype = 'relation';
  return null;
end;
$$;
create constraint trigger note_locks
  after insert or update on {CHECKSUMS}
  deferrable initially deferred
  for each row execute function rehearsal.note_locks();
"""  # noqa: S608
# Tables and views, except those that record migrations.
_TABLES: Final = f"""
select c.oid, c.oid::regclass::text as name, pg_relation_filenode(c.oid) as file
  from pg_class as c
 where c.relkind in ('r', 'p', 'm', 'v')
   and c.relnamespace not in (
         select oid
           from pg_namespace
          where nspname in ('pg_catalog', 'pg_toast', 'information_schema', 'rehearsal')
       )
   and c.relname !~ '^_?yoyo_'
   and c.relname <> '{CHECKSUMS}'
"""  # noqa: S608
_SAMPLE: Final = """
select a.application_name = 'nestwerk' as is_client,
       l.relation,
       l.mode,
       extract(epoch from clock_timestamp() - l.waitstart)::double precision as waited
  from pg_locks as l
  join pg_stat_activity as a using (pid)
 where a.datname = current_database()
   and (
         (a.application_name = 'nestwerk migrations' and l.locktype = 'relation')
         or (a.application_name = 'nestwerk' and not l.granted)
       )
"""
_END: Final = """
select pg_terminate_backend(pid)
  from pg_stat_activity
 where datname = current_database()
   and application_name = 'nestwerk migrations'
"""


class TableLock(NamedTuple):
    """The strongest lock that a migration took on a table that existed before, as PostgreSQL's manual names it."""

    table: str
    mode: str
    rewritten: bool
    dropped: bool


class ObservedLocks:
    """Locks seen during a migration; `waited` is the longest wait of a client for a lock, in seconds.

    A call can wait more than once: a merged one that meets a lock is cancelled soon, and waits on another connection.
    """

    def __init__(self) -> None:
        self.modes: dict[int, set[str]] = defaultdict(set)
        self.waited = 0.0
        self.ended = False


class LockWatch:
    """Samples the locks of a database on a connection of its own."""

    def __init__(self, dsn: str, connection: Connection) -> None:
        self._dsn = dsn
        self._connection = connection
        self._before: dict[int, tuple[str, int | None]] = {}

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[ObservedLocks]:
        """Sample the locks of the migration that is applied in the block."""
        self._before = await self._tables()
        observed = ObservedLocks()
        sampling = asyncio.create_task(self._sample(observed))
        try:
            yield observed
        finally:
            observed.ended = True
            await sampling

    async def locks(self, migration_id: str, observed: ObservedLocks) -> list[TableLock]:
        """Tables that the migration locked, the strongest lock first."""
        noted = await self._connection.fetch(
            "select relation, mode from rehearsal.locks where migration_id = $1", migration_id
        )
        for relation, mode in noted:
            observed.modes[relation].add(mode)
        after = await self._tables()
        found = []
        for relation, (name, file) in self._before.items():
            if modes := observed.modes.get(relation):
                strength = max(map(_MODES.index, modes))
                dropped = relation not in after
                rewritten = not dropped and after[relation][1] != file
                found.append((-strength, TableLock(name, _NAMES[strength], rewritten, dropped)))
        return [lock for _, lock in sorted(found)]

    async def end_migration(self) -> None:
        """End the running migration, if any."""
        connection = await asyncpg.connect(self._dsn)
        try:
            await connection.execute(_END)
        finally:
            await connection.close()

    async def _tables(self) -> dict[int, tuple[str, int | None]]:
        return {oid: (name, file) for oid, name, file in await self._connection.fetch(_TABLES)}

    async def _sample(self, observed: ObservedLocks) -> None:
        while not observed.ended:
            for is_client, relation, mode, waited in await self._connection.fetch(_SAMPLE):
                if is_client:
                    observed.waited = max(observed.waited, waited or 0.0)
                else:
                    observed.modes[relation].add(mode)
            await asyncio.sleep(INTERVAL)


@asynccontextmanager
async def lock_watch(dsn: str) -> AsyncIterator[LockWatch]:
    """A watch on a migrated database, in which it creates the schema `rehearsal` and the trigger."""
    connection = await asyncpg.connect(dsn, server_settings={"application_name": "nestwerk rehearsal", "jit": "off"})
    try:
        await connection.execute(_INSTALL)
        yield LockWatch(dsn, connection)
    finally:
        await connection.close()
