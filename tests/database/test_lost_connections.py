"""A batcher whose connections are lost: reads are run again, and writes that may have taken effect are told apart."""

import asyncio
from typing import Any

import asyncpg
import pytest

from api.database import connections
from api.database.aliases import Connection
from api.database.batching import Batcher
from api.database.retries import OutcomeUnknown
from api.database.statements.files import Statement
from tests.database.merged_counters import kill_backends, occupy, opened, outcome
from tests.database.proxy import Proxy


async def test_reads_survive_the_loss_of_their_connection(
    batcher: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    await table.execute("insert into merged_counters values (1, 7)")
    busy = asyncio.create_task(outcome(batcher.fetch(statements["sleep"], [0.3])))
    await asyncio.sleep(0.05)
    reads = [asyncio.create_task(outcome(batcher.fetch(statements["read"], [1]))) for _ in range(20)]
    await asyncio.sleep(0)
    await kill_backends(table, "sleep")
    assert await asyncio.gather(*reads) == [("rows", (1, 7))] * 20
    assert await busy == ("rows", (1,))


async def test_acknowledged_writes_are_there_once_whatever_is_killed(
    two: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    acknowledged: set[int] = set()
    unknown: set[int] = set()

    async def write(ids: range) -> None:
        for id in ids:
            try:
                await two.fetch(statements["add"], [id, id])
                acknowledged.add(id)
            except asyncpg.UniqueViolationError:
                pytest.fail("a write was done twice")
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                unknown.add(id)

    writers = [asyncio.create_task(write(range(start, start + 50))) for start in range(0, 2000, 50)]
    for _ in range(20):
        await asyncio.sleep(0.02)
        await kill_backends(table, "add")
    await asyncio.gather(*writers)
    stored = {row["id"] for row in await table.fetch("select id from merged_counters")}
    assert acknowledged <= stored
    assert stored <= acknowledged | unknown
    assert acknowledged


async def send_writes(
    batcher: Batcher, statements: dict[str, Statement], together: int
) -> tuple[list["asyncio.Task[Any]"], "asyncio.Task[Any]"]:
    """Writes that are sent, and one that waits behind them."""
    busy = await occupy(batcher, statements, 0.02 * (together - 1))
    sent = [asyncio.create_task(batcher.fetch(statements["linger"], [id])) for id in range(together)]
    await busy
    await asyncio.sleep(0.1)
    waiting = asyncio.create_task(outcome(batcher.fetch(statements["add"], [10, 10])))
    await asyncio.sleep(0)
    return sent, waiting


@pytest.mark.parametrize("together", [1, 3])
async def test_a_write_that_was_sent_and_lost_is_told_from_one_that_was_not_sent(
    together: int, dsn: str, table: Connection, statements: dict[str, Statement]
) -> None:
    async with Proxy(dsn) as proxy, opened(proxy.dsn, 1, list(statements.values())) as batcher:
        sent, waiting = await send_writes(batcher, statements, together)
        proxy.cut()
        results = await asyncio.gather(*sent, return_exceptions=True)
        assert {type(result) for result in results} == {OutcomeUnknown}
        assert await waiting == ("rows", (10, 10))


@pytest.mark.parametrize("together", [1, 3])
async def test_a_write_whose_session_the_server_ends_is_rolled_back_and_run_again(
    together: int, batcher: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    sent, waiting = await send_writes(batcher, statements, together)
    await kill_backends(table, "linger")
    assert [tuple(rows[0])[1:] for rows in await asyncio.gather(*sent)] == [(id, 0) for id in range(together)]
    assert await waiting == ("rows", (10, 10))


async def test_a_connection_that_dies_in_silence_is_replaced(
    dsn: str, table: Connection, statements: dict[str, Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connections.OPTIONS, "command_timeout", 0.3)
    await table.execute("insert into merged_counters values (1, 1)")
    merged = [statements["read"], statements["raise"]]
    async with Proxy(dsn) as proxy, opened(proxy.dsn, 1, merged) as made:
        proxy.go_silent()
        # The read is answered on a new connection, as are those that wait behind it.
        reads = [outcome(made.fetch(statements["read"], [1])) for _ in range(5)]
        assert set(await asyncio.gather(*reads)) == {("rows", (1, 1))}
        proxy.go_silent()
        with pytest.raises(OutcomeUnknown):
            await made.fetch(statements["raise"], [1, 1])
        assert await outcome(made.fetch(statements["read"], [1])) == ("rows", (1, 1))


async def test_what_a_lost_connection_has_not_sent_is_never_sent(dsn: str, table: Connection) -> None:
    async with Proxy(dsn) as proxy:
        connection = await connections.connect(proxy.dsn)
        insert = await connection.prepare("insert into merged_counters select 1, length($1)")
        proxy.pause()
        with pytest.raises(TimeoutError):
            await insert.fetch("x" * 8192, timeout=0.2)
        connection.terminate()
        proxy.resume()
        await asyncio.sleep(0.5)
    assert await table.fetchval("select count(*) from merged_counters") == 0
