"""Single statements and transactions share a few connections, which stay usable when callers give up."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from api.database import turns
from api.database.pool import Pool, open_pool
from api.database.retries import OutcomeUnknown
from api.database.single import SINGLE_CONNECTIONS
from api.database.statements.files import Statement, read_statement_file
from tests.database.proxy import Proxy

CANCELLED: Final = 10_000
TOGETHER: Final = 200
SLEEP: Final = (
    "-- A statement of the tests' own.\n\n-- name: nap :value\nselect pg_sleep(:seconds) is not null as slept;\n"
)


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    async with open_pool(dsn, []) as opened:
        yield opened


@pytest.fixture
def nap(tmp_path: Path) -> Statement:
    """A statement that sleeps."""
    path = tmp_path / "nap.sql"
    path.write_text(SLEEP)
    return read_statement_file(path)[0]


async def backends(pool: Pool) -> set[int]:
    """PostgreSQL's processes behind the pool; all are asked at the same time."""
    together = asyncio.Barrier(SINGLE_CONNECTIONS)

    async def ask() -> int:
        async with pool.connection() as current, asyncio.timeout(5):
            await together.wait()
            found: int = await current.fetchval("select pg_backend_pid()")
            return found

    return set(await asyncio.gather(*[ask() for _ in range(SINGLE_CONNECTIONS)]))


async def test_ten_thousand_cancelled_statements_leave_the_pool_as_it_was(pool: Pool, nap: Statement) -> None:
    before = await backends(pool)
    for number in range(CANCELLED // TOGETHER):
        # The sleep is short, as PostgreSQL may get a cancellation before its statement, and then still runs that.
        tasks = [asyncio.create_task(pool.fetch(nap, [0.2])) for _ in range(TOGETHER)]
        # Some are running, some wait for a connection, some haven't begun.
        await asyncio.sleep(0.001 * (number % 3))
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        # On a busy machine one may end before it's cancelled.
        assert {type(result) for result in results} - {list} == {asyncio.CancelledError}
    assert await backends(pool) == before
    assert len(before) == SINGLE_CONNECTIONS


async def test_a_cancelled_transaction_does_nothing_and_gives_its_connection_back(pool: Pool, nap: Statement) -> None:
    async def change() -> None:
        async with pool.transaction(), pool.connection() as current:
            await current.execute("create table cancelled ()")
            await pool.fetch(nap, [5.0])

    before = await backends(pool)
    for _ in range(SINGLE_CONNECTIONS + 1):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(change(), 0.02)
    assert await backends(pool) == before
    async with pool.connection() as current:
        assert await current.fetchval("select to_regclass('cancelled')") is None


async def test_past_the_bound_callers_are_refused_at_once_and_past_the_deadline_later(
    pool: Pool, nap: Statement, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "MAX_WAITING", 5)
    monkeypatch.setattr(turns, "DEADLINE", 0.05)
    calls = [asyncio.create_task(pool.fetch(nap, [0.5])) for _ in range(SINGLE_CONNECTIONS)]
    await asyncio.sleep(0.02)
    queued = [asyncio.create_task(pool.fetch(nap, [0.0])) for _ in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(TimeoutError, match="too many callers wait"):
        await pool.fetch(nap, [0.0])
    assert not any(call.done() for call in (*calls, *queued))
    assert {type(result) for result in await asyncio.gather(*queued, return_exceptions=True)} == {TimeoutError}
    assert not any(call.done() for call in calls)
    assert [rows[0]["slept"] for rows in await asyncio.gather(*calls)] == [True] * SINGLE_CONNECTIONS


async def test_callers_are_served_in_order(pool: Pool) -> None:
    order: list[int] = []

    async def call(number: int) -> None:
        async with pool.connection() as current:
            order.append(number)
            await current.execute("select")

    tasks = []
    for number in range(1000):
        tasks.append(asyncio.create_task(call(number)))
        # Some come at once, others when connections come free.
        if number % 5 == 0:
            await asyncio.sleep(0.0002)
    await asyncio.gather(*tasks)
    assert order == sorted(order)


async def test_a_pool_that_is_not_open(dsn: str, nap: Statement) -> None:
    async with open_pool(dsn, []) as pool:
        pass
    with pytest.raises(ConnectionError, match="isn't open"):
        async with pool.connection():
            pass
    with pytest.raises(ConnectionError, match="isn't open"):
        await pool.fetch(nap, [0.0])


async def test_a_transaction_is_of_its_pool_alone(dsn: str, pool: Pool, nap: Statement) -> None:
    async with open_pool(dsn, []) as other, pool.transaction(), pool.connection() as current:
        async with other.connection() as others:
            assert others.get_server_pid() != current.get_server_pid()
        async with pool.connection() as same:
            assert same.get_server_pid() == current.get_server_pid()


async def kill(pool: Pool, name: str, times: int = 1) -> None:
    """Terminate the connection that runs a statement, as soon as it does, `times` times."""
    pids: set[int] = set()
    async with asyncio.timeout(10):
        while len(pids) < times:
            await asyncio.sleep(0.05)
            async with pool.connection() as current:
                rows = await current.fetch(
                    "select pid, pg_terminate_backend(pid) from pg_stat_activity"
                    " where query like $1 and pid <> pg_backend_pid()",
                    f"%/* {name} */%",
                )
            pids |= {row["pid"] for row in rows}


async def test_a_read_survives_the_loss_of_its_connection(pool: Pool, nap: Statement) -> None:
    reading = asyncio.create_task(pool.fetch(nap, [0.5]))
    await kill(pool, "nap")
    assert [row["slept"] for row in await reading] == [True]


async def test_a_read_that_is_lost_twice_raises_what_was_lost_and_not_as_its_own_cause(
    pool: Pool, nap: Statement
) -> None:
    reading = asyncio.create_task(pool.fetch(nap, [5.0]))
    await kill(pool, "nap", times=2)
    with pytest.raises(asyncpg.PostgresError) as raised:
        await reading
    assert raised.value.__cause__ is not raised.value


async def test_a_write_whose_session_the_server_ends_is_run_once_more(
    pool: Pool, nap: Statement, tmp_path: Path
) -> None:
    path = tmp_path / "change.sql"
    path.write_text(
        "-- A statement of the tests' own.\n\n-- name: change :many\n"
        "delete from users where username = 'a' and (select pg_sleep(:seconds)) is not null returning username;\n"
    )
    change = read_statement_file(path)[0]
    async with pool.connection() as current:
        await current.execute(
            "insert into users (username, email, password) values ('a', 'a@b.c', '$argon2id$unusable')"
        )
    try:
        writing = asyncio.create_task(pool.fetch(change, [0.7]))
        await kill(pool, "change", times=2)
        with pytest.raises(asyncpg.PostgresConnectionError):
            await writing
        writing = asyncio.create_task(pool.fetch(change, [0.4]))
        await kill(pool, "change")
        assert len(await writing) == 1
    finally:
        async with pool.connection() as current:
            await current.execute("delete from users where username = 'a'")


async def test_a_write_that_is_lost_has_an_unknown_outcome(dsn: str, tmp_path: Path) -> None:
    path = tmp_path / "change.sql"
    path.write_text(
        "-- A statement of the tests' own.\n\n-- name: add :exec\n"
        "insert into users (username, email, password) select 'a', 'a@b.c', '' where pg_sleep(:seconds) is null;\n"
    )
    async with Proxy(dsn) as proxy, open_pool(proxy.dsn, []) as pool:
        writing = asyncio.create_task(pool.fetch(read_statement_file(path)[0], [1.0]))
        await asyncio.sleep(0.2)
        proxy.cut()
        with pytest.raises(OutcomeUnknown):
            await writing


async def test_a_lost_connection_is_replaced(pool: Pool, nap: Statement) -> None:
    before = await backends(pool)
    async with pool.connection() as current:
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
            await current.execute("select pg_terminate_backend(pg_backend_pid())")
    after = await backends(pool)
    assert len(after) == SINGLE_CONNECTIONS
    assert len(after & before) == SINGLE_CONNECTIONS - 1
