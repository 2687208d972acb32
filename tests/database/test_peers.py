"""Which connections a worker does without while PostgreSQL has none left: pools on a database that allows few."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from typing import Final

import psycopg
import pytest

from api.database.pool import Pool, open_pool
from api.database.queries import merged_statements
from api.database.worker_connections import CONNECTIONS
from api.postgres.roles import make_roles
from tests.waiting import LONGEST

# Those of a pool without its listener.
ALL: Final = CONNECTIONS - 1


class Few:
    """A database whose number of connections is limited, and a pool on it."""

    def __init__(self, pool: Pool, superuser: psycopg.Connection) -> None:
        self.pool = pool
        self.single = pool._connections.single
        self._superuser = superuser

    def limit(self, number: int) -> None:
        self._superuser.execute(f"alter database {self._superuser.info.dbname} connection limit {number}".encode())

    def sessions(self) -> set[int]:
        rows = self._superuser.execute(
            "select pid from pg_stat_activity where usename = 'nestwerk_service' and datname = current_database()"
        )
        return {pid for (pid,) in rows.fetchall()}

    def end(self, pid: int) -> None:
        self._superuser.execute("select pg_terminate_backend(%s, 60000)", [pid])

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(LONGEST):
            while not condition():
                await asyncio.sleep(0)

    def all_have_one(self) -> bool:
        return self.pool._connections._peers.all_have_one

    def pid_of(self, statements: str) -> int:
        """The session of merged reads or writes."""
        batcher = getattr(self.pool._connections, statements)
        pid: int = batcher._idle[0].get_server_pid()
        return pid


@pytest.fixture
async def few(migrated: str) -> AsyncIterator[Few]:
    make_roles(migrated)
    with psycopg.connect(migrated, autocommit=True) as superuser:
        async with open_pool(migrated.replace("postgres@", "nestwerk_service@"), merged_statements()) as pool:
            found = Few(pool, superuser)
            await found.until(lambda: len(found.sessions()) == ALL)
            yield found


@pytest.mark.parametrize("kind", ["reads", "writes"])
async def test_a_kind_that_has_none_gets_the_place_of_a_single_one(few: Few, kind: str) -> None:
    # The superuser's session counts.
    few.limit(4)
    lost = few.pid_of(kind)
    few.end(lost)
    await few.until(lambda: not few.all_have_one())
    await few.until(few.all_have_one)
    assert lost not in few.sessions()


async def test_a_pool_is_closed_though_a_loss_is_not_noticed_yet(few: Few) -> None:
    for kind in ("reads", "writes"):
        few.end(few.pid_of(kind))
    few.end(few.single._idle[0].get_server_pid())
    await few.pool.close()
    assert few.sessions() == set()


async def test_where_each_kind_has_one_a_loss_costs_no_other(few: Few) -> None:
    few.limit(1)
    before = few.sessions()
    lost = few.single._idle[0].get_server_pid()
    few.end(lost)
    # It's tried again meanwhile, and the session that was lost is looked for.
    await asyncio.sleep(2)
    assert few.sessions() == before - {lost}
    few.limit(-1)
    await few.until(lambda: len(few.sessions()) == ALL)


async def test_what_is_busy_gives_way_only_if_it_is_still_needed_then(few: Few) -> None:
    before = few.sessions()
    few.limit(1)
    lost = few.pid_of("reads")
    async with AsyncExitStack() as busy:
        for _ in range(4):
            await busy.enter_async_context(few.single.acquire())
        few.end(lost)
        await few.until(lambda: few.single._gives_way)
        few.limit(-1)
        await few.until(few.all_have_one)
    await asyncio.sleep(0.5)
    assert before - {lost} <= few.sessions()
