"""Calls that meet a lock wait for it on other connections, and hold up nobody."""

import asyncio

from api.database.aliases import Connection
from api.database.batching import Batcher
from api.database.statements.files import Statement
from tests.database.merged_counters import occupy, opened, outcome


async def test_a_locked_row_holds_up_its_caller_alone(
    batcher: Batcher, dsn: str, table: Connection, statements: dict[str, Statement]
) -> None:
    await table.execute("insert into merged_counters select n, n from generate_series(1, 64) as n")
    async with table.transaction():
        await table.execute("select from merged_counters where id = 30 for update")
        busy = await occupy(batcher, statements, 0.02)
        tasks = [asyncio.create_task(outcome(batcher.fetch(statements["raise"], [id, 1]))) for id in range(1, 65)]
        others = tasks[:29] + tasks[30:]
        assert {result[0] for result in await asyncio.gather(*others, busy)} == {"rows"}
        assert not tasks[29].done()
        # A call that runs alone also waits on another connection.
        alone = asyncio.create_task(outcome(batcher.fetch(statements["raise"], [30, 1])))
        await asyncio.sleep(0.1)
        assert not alone.done()
        assert await outcome(batcher.fetch(statements["raise"], [1, 1])) == ("rows", (1, 3))
        # But only a few wait at the same time.
        assert await outcome(batcher.fetch(statements["raise"], [30, 1])) == ("error", "55P03", None)
    assert {await tasks[29], await alone} == {("rows", (30, 31)), ("rows", (30, 32))}


async def test_a_locked_table_holds_up_its_readers_alone(
    batcher: Batcher, dsn: str, table: Connection, statements: dict[str, Statement]
) -> None:
    await table.execute("insert into merged_counters select n, n from generate_series(1, 64) as n")
    async with table.transaction():
        await table.execute("lock table merged_counters in access exclusive mode")
        busy = await occupy(batcher, statements, 0.02)
        reads = [asyncio.create_task(outcome(batcher.fetch(statements["read"], [id]))) for id in range(1, 65)]
        await busy
        await asyncio.sleep(0.1)
        assert await outcome(batcher.fetch(statements["sleep"], [0.0])) == ("rows", (1,))
        assert not any(read.done() for read in reads)
    assert await asyncio.gather(*reads) == [("rows", (id, id)) for id in range(1, 65)]


async def test_a_locked_table_keeps_no_connection_from_opening(
    dsn: str, table: Connection, statements: dict[str, Statement]
) -> None:
    async with table.transaction():
        await table.execute("lock table merged_counters in access exclusive mode")
        async with opened(dsn, 1, [statements["read"], statements["sleep"]]) as made:
            assert await outcome(made.fetch(statements["sleep"], [0.0])) == ("rows", (1,))
