"""A table of counters, and `:batch` statements on it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import asynccontextmanager
from typing import Any, Final

import asyncpg

from api.database.aliases import Connection, Row
from api.database.batching import Batcher
from api.database.connections import connect
from api.database.given_up import GivenUp
from api.database.keeper import Keeper
from api.database.lock_waits import FetchAlone, LockWaits
from api.database.shares import Shares
from api.database.statements.files import Statement

SQL: Final = """\
-- Statements on a table of the tests' own.

-- name: read :maybe :batch
-- One counter.
select wanted.call, counter.id, counter.value
  from unnest(:id::bigint[]) with ordinality as wanted (id, call)
  join merged_counters as counter
    on counter.id = wanted.id;

-- name: add :one :batch
-- A counter; its value may not be negative, its id not taken.
merge into merged_counters as counter
using (
        select id, value, call
          from unnest(:id::bigint[], :value::bigint[]) with ordinality as wanted (id, value, call)
      ) as given
   on false
 when not matched then
      insert (id, value) values (given.id, given.value)
returning given.call, counter.id, counter.value;

-- name: raise :maybe :batch
-- Adds to a counter.
-- apart: id
update merged_counters as counter
   set value = counter.value + wanted.value
  from unnest(:id::bigint[], :value::bigint[]) with ordinality as wanted (id, value, call)
 where counter.id = wanted.id
returning wanted.call, counter.id, counter.value;

-- name: linger :one :batch
-- A counter that takes its time.
merge into merged_counters as counter
using (
        select id, call
          from unnest(:id::bigint[]) with ordinality as wanted (id, call)
         where pg_sleep(0.3) is not null
      ) as given
   on false
 when not matched then
      insert (id, value) values (given.id, 0)
returning given.call, counter.id, counter.value;

-- name: sleep :one :batch
-- Keeps a connection busy.
select wanted.call, 1 as slept
  from unnest(:seconds::double precision[]) with ordinality as wanted (seconds, call)
 where pg_sleep(wanted.seconds) is not null;
"""

TABLE: Final = """
create table if not exists merged_counters (
  id bigint primary key,
  value bigint not null,
  constraint merged_counters_value_check check (value >= 0)
)
"""


def fetch_alone_on(dsn: str) -> FetchAlone:
    async def fetch_alone(statement: Statement, arguments: Sequence[object]) -> list[Row]:
        connection = await connect(dsn)
        try:
            return await connection.fetch(statement.text, *arguments)
        finally:
            await connection.close()

    return fetch_alone


@asynccontextmanager
async def opened(dsn: str, connections: int, merged: Sequence[Statement]) -> AsyncIterator[Batcher]:
    alone = fetch_alone_on(dsn)
    given_up = GivenUp(lambda: connect(dsn))
    keeper = Keeper("merged", lambda: connect(dsn, merged=merged), given_up, connections=connections)
    made = Batcher(
        keeper, LockWaits(alone), Shares(), lambda statement, columns, *_: alone(statement, columns), company=0.001
    )
    for tried in (made.open(), *keeper.fill()):
        await tried.wait()
    try:
        yield made
    finally:
        await made.close()
        await given_up.close()


async def outcome(answer: Awaitable[list[Any]]) -> tuple[Any, ...]:
    """Rows without the number of the call, or the error."""
    try:
        return ("rows", *[tuple(row)[1:] for row in await answer])
    except asyncpg.PostgresError as error:
        return ("error", error.sqlstate, getattr(error, "constraint_name", None))


async def occupy(batcher: Batcher, statements: dict[str, Statement], seconds: float) -> "asyncio.Task[tuple[Any, ...]]":
    """Keep the connection of a batcher busy for `seconds`, so that calls queue."""
    busy = asyncio.create_task(outcome(batcher.fetch(statements["sleep"], [seconds])))
    await asyncio.sleep(0)
    return busy


async def kill_backends(table: Connection, name: str) -> None:
    await table.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity where query like $1 and pid <> pg_backend_pid()",
        f"%/* {name} */%",
    )


async def backends(table: Connection) -> int:
    count: int = await table.fetchval(
        "select count(*) from pg_stat_activity where application_name = 'nestwerk' and datname = current_database()"
    )
    return count
