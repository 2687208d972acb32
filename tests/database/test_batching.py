"""Every call of a merged execution gets the same result as if it ran alone."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.database.aliases import Connection
from api.database.batching import Batcher
from api.database.call_queue import MAX_BATCH
from api.database.statements.files import Statement
from tests.database.merged_counters import backends, occupy, outcome

calls = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.tuples(st.integers(0, 5))),
        st.tuples(st.just("add"), st.tuples(st.integers(0, 5), st.integers(-1, 3))),
        st.tuples(st.just("raise"), st.tuples(st.integers(0, 5), st.integers(-3, 3))),
        # asyncpg itself refuses to send this.
        st.tuples(st.just("read"), st.tuples(st.just(2**63))),
    ),
    max_size=40,
)


@given(calls=calls)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_concurrent_calls_are_some_order_of_the_calls(
    calls: list[tuple[str, tuple[int, ...]]], batcher: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    await table.execute("truncate merged_counters")
    busy = await occupy(batcher, statements, 0.002)
    outcomes = await asyncio.gather(*[outcome(batcher.fetch(statements[name], arguments)) for name, arguments in calls])
    await busy
    final = {row["id"]: row["value"] for row in await table.fetch("select id, value from merged_counters")}
    # For each counter, exactly those adds and raises took effect that were answered so.
    for id in range(6):
        added = [
            arguments[1]
            for (name, arguments), result in zip(calls, outcomes, strict=True)
            if name == "add" and arguments[0] == id and result[0] == "rows"
        ]
        raised = [
            arguments[1]
            for (name, arguments), result in zip(calls, outcomes, strict=True)
            if name == "raise" and arguments[0] == id and result[0] == "rows" and len(result) > 1
        ]
        assert len(added) == (id in final)
        if id in final:
            assert final[id] == sum(added) + sum(raised)
    for (name, arguments), result in zip(calls, outcomes, strict=True):
        match name, arguments, result:
            case ("read", (id,), ("error", "22000", _)):
                assert id == 2**63
            case ("read", (id,), ("rows", *rows)):
                assert all(row[0] == id for row in rows)
            case ("add", (id, value), ("rows", row)):
                assert row == (id, value)
            case ("add", (_, value), ("error", "23514", "merged_counters_value_check")):
                assert value < 0
            case ("add", (id, _), ("error", "23505", _)):
                assert id in final
            case ("raise", _, ("rows", *_)) | ("raise", (_, _), ("error", "23514", _)):
                pass
            case _:
                pytest.fail(f"{name}{arguments} -> {result}")


@given(calls=calls, seed=st.integers(0, 1000))
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_independent_calls_get_what_they_would_get_alone(
    calls: list[tuple[str, tuple[int, ...]]],
    seed: int,
    batcher: Batcher,
    table: Connection,
    statements: dict[str, Statement],
) -> None:
    # Each call uses a counter of its own, so that the order doesn't matter.
    own = [
        (name, (arguments[0] if arguments[0] > 5 else 100 + index, *arguments[1:]))
        for index, (name, arguments) in enumerate(calls)
    ]
    existing = [100 + index for index in range(len(calls)) if random.Random(seed + index).random() < 0.5]

    async def start() -> None:
        await table.execute("truncate merged_counters")
        await table.executemany("insert into merged_counters values ($1, 1)", [(id,) for id in existing])

    await start()
    alone = [await outcome(batcher.fetch(statements[name], arguments)) for name, arguments in own]
    rows_alone = await table.fetch("select * from merged_counters order by id")
    await start()
    busy = await occupy(batcher, statements, 0.002)
    merged = await asyncio.gather(*[outcome(batcher.fetch(statements[name], arguments)) for name, arguments in own])
    await busy
    assert merged == alone
    assert await table.fetch("select * from merged_counters order by id") == rows_alone


async def executions(table: Connection, action: Callable[[], Awaitable[Any]]) -> int:
    """Number of statements that reach PostgreSQL during an action."""
    await table.execute("create extension if not exists pg_stat_statements")
    await table.execute("select pg_stat_statements_reset()")
    await action()
    count: int = await table.fetchval(
        "select coalesce(sum(calls), 0) from pg_stat_statements where query like '%/* read */%'"
    )
    return count


async def test_waiting_calls_are_merged(batcher: Batcher, table: Connection, statements: dict[str, Statement]) -> None:
    await table.execute("insert into merged_counters select n, n from generate_series(1, 200) as n")

    async def many() -> None:
        busy = await occupy(batcher, statements, 0.05)
        rows = await asyncio.gather(*[outcome(batcher.fetch(statements["read"], [id])) for id in range(1, 201)])
        assert rows == [("rows", (id, id)) for id in range(1, 201)]
        await busy

    assert await executions(table, many) == -(-200 // MAX_BATCH)


async def test_a_lone_call_is_sent_at_once(
    batcher: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    async def few() -> None:
        for _ in range(3):
            await batcher.fetch(statements["read"], [1])

    assert await executions(table, few) == 3


async def test_callers_that_call_again_are_merged_again(
    batcher: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    async def call_again() -> None:
        for _ in range(10):
            await batcher.fetch(statements["read"], [1])

    async def many() -> None:
        busy = await occupy(batcher, statements, 0.05)
        await asyncio.gather(*[call_again() for _ in range(20)])
        await busy

    # Were the first one to go alone each time, it would be nearly twice as many.
    assert await executions(table, many) < 15


async def test_nobody_waits_long_for_callers_that_do_not_call_again(
    batcher: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    async def few() -> None:
        busy = await occupy(batcher, statements, 0.05)
        await asyncio.gather(*[batcher.fetch(statements["read"], [1]) for _ in range(20)])
        await busy
        async with asyncio.timeout(1):
            await batcher.fetch(statements["read"], [1])
            while not batcher.idle:
                await asyncio.sleep(0.001)
            await batcher.fetch(statements["read"], [1])

    assert await executions(table, few) == 3


async def test_a_cancelled_caller_disturbs_nobody(
    batcher: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    await table.execute("insert into merged_counters select n, n from generate_series(1, 100) as n")
    busy = await occupy(batcher, statements, 0.02)
    tasks = [asyncio.create_task(outcome(batcher.fetch(statements["read"], [id]))) for id in range(1, 101)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    await busy
    assert all(isinstance(result, asyncio.CancelledError) for result in results[::2])
    assert results[1::2] == [("rows", (id, id)) for id in range(2, 101, 2)]


async def test_ten_thousand_cancelled_calls_leave_the_connections_as_they_were(
    two: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    before = await backends(table)
    for _ in range(100):
        tasks = [asyncio.create_task(two.fetch(statements["read"], [1])) for _ in range(100)]
        await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await table.execute("insert into merged_counters values (1, 7)")
    assert await outcome(two.fetch(statements["read"], [1])) == ("rows", (1, 7))
    assert await backends(table) == before


async def test_a_cancelled_single_call_gives_its_connection_back(
    batcher: Batcher, statements: dict[str, Statement]
) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(batcher.fetch(statements["sleep"], [5.0]), 0.05)
    assert await asyncio.wait_for(outcome(batcher.fetch(statements["sleep"], [0.0])), 2) == ("rows", (1,))


async def test_the_call_at_fault_is_found_in_few_executions(
    batcher: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    async def many() -> None:
        busy = await occupy(batcher, statements, 0.05)
        outcomes = await asyncio.gather(
            *[outcome(batcher.fetch(statements["add"], [id, -1 if id == 40 else id])) for id in range(64)]
        )
        assert [id for id, result in enumerate(outcomes) if result[0] == "error"] == [40]
        await busy

    transactions = "select count(distinct xmin::text) from merged_counters"
    await many()
    # One for each half without the call at fault.
    assert await table.fetchval(transactions) == 6
