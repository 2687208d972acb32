"""Merged execution gives every caller what it would have got alone."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.database import call_queue, connections
from api.database.aliases import Connection, Row
from api.database.batching import Batcher
from api.database.call_queue import LARGEST_BATCH
from api.database.connections import connect
from api.database.lock_waits import FetchAlone, LockWaits
from api.database.retries import OutcomeUnknown
from api.database.statements.files import Statement, read_statement_file

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


@pytest.fixture(scope="session")
def statements(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Statement]:
    path: Path = tmp_path_factory.mktemp("queries") / "merged.sql"
    path.write_text(SQL)
    return {statement.name: statement for statement in read_statement_file(path)}


@pytest.fixture
async def table(dsn: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(dsn)
    await connection.execute(TABLE)
    await connection.execute("truncate merged_counters")
    yield connection
    await connection.execute("drop table merged_counters")
    await connection.close()


def elsewhere(dsn: str) -> FetchAlone:
    async def fetch_alone(statement: Statement, arguments: Sequence[object]) -> list[Row]:
        connection = await connect(dsn)
        try:
            return await connection.fetch(statement.text, *arguments)
        finally:
            await connection.close()

    return fetch_alone


@asynccontextmanager
async def opened(dsn: str, connections: int, merged: Sequence[Statement]) -> AsyncIterator[Batcher]:
    made = Batcher(lambda: connect(dsn, merged=merged), LockWaits(elsewhere(dsn)), connections=connections)
    await made.open()
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
async def batcher(dsn: str, table: Connection, statements: dict[str, Statement]) -> AsyncIterator[Batcher]:
    async with opened(dsn, 1, list(statements.values())) as made:
        yield made


@pytest.fixture
async def two(dsn: str, table: Connection, statements: dict[str, Statement]) -> AsyncIterator[Batcher]:
    """A batcher with two connections."""
    async with opened(dsn, 2, list(statements.values())) as made:
        yield made


async def outcome(answer: Awaitable[list[Any]]) -> tuple[Any, ...]:
    """Rows without the number of the call, or the error."""
    try:
        return ("rows", *[tuple(row)[1:] for row in await answer])
    except asyncpg.PostgresError as error:
        return ("error", error.sqlstate, getattr(error, "constraint_name", None))


async def occupy(batcher: Batcher, statements: dict[str, Statement], seconds: float) -> "asyncio.Task[tuple[Any, ...]]":
    """Have the connection of a batcher busy for so many seconds, so that calls queue."""
    busy = asyncio.create_task(outcome(batcher.fetch(statements["sleep"], [seconds])))
    await asyncio.sleep(0)
    return busy


calls = st.lists(
    st.one_of(
        st.tuples(st.just("read"), st.tuples(st.integers(0, 5))),
        st.tuples(st.just("add"), st.tuples(st.integers(0, 5), st.integers(-1, 3))),
        st.tuples(st.just("raise"), st.tuples(st.integers(0, 5), st.integers(-3, 3))),
        # What asyncpg itself refuses to send.
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
    # Per counter: exactly the adds that say so took effect, and every raise that says so, and no other.
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
    # Each call on a counter of its own, so that their order can't matter.
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
    """How many statements reach PostgreSQL during an action."""
    await table.execute("create extension if not exists pg_stat_statements")
    await table.execute("select pg_stat_statements_reset()")
    await action()
    count: int = await table.fetchval(
        "select coalesce(sum(calls), 0) from pg_stat_statements where query like '%/* read */%'"
    )
    return count


async def test_what_waits_goes_together(batcher: Batcher, table: Connection, statements: dict[str, Statement]) -> None:
    await table.execute("insert into merged_counters select n, n from generate_series(1, 200) as n")

    async def many() -> None:
        busy = await occupy(batcher, statements, 0.05)
        rows = await asyncio.gather(*[outcome(batcher.fetch(statements["read"], [id])) for id in range(1, 201)])
        assert rows == [("rows", (id, id)) for id in range(1, 201)]
        await busy

    assert await executions(table, many) == -(-200 // LARGEST_BATCH)


async def test_one_alone_is_sent_at_once(batcher: Batcher, table: Connection, statements: dict[str, Statement]) -> None:
    async def few() -> None:
        for _ in range(3):
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


async def test_past_the_bound_calls_are_refused_at_once(
    batcher: Batcher, statements: dict[str, Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_queue, "LONGEST_QUEUE", 10)
    busy = await occupy(batcher, statements, 0.1)
    results = await asyncio.gather(
        *[outcome(batcher.fetch(statements["read"], [1])) for _ in range(15)], return_exceptions=True
    )
    assert [type(result) for result in results] == [tuple] * 10 + [TimeoutError] * 5
    await busy


async def test_thousands_may_wait(
    batcher: Batcher, statements: dict[str, Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine is.
    monkeypatch.setattr(call_queue, "DEADLINE", 60.0)
    results = await asyncio.gather(*[outcome(batcher.fetch(statements["read"], [1])) for _ in range(10_000)])
    assert set(results) == {("rows",)}


async def test_past_the_deadline_calls_are_refused(
    batcher: Batcher, statements: dict[str, Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_queue, "DEADLINE", 0.1)
    busy = await occupy(batcher, statements, 1.0)
    with pytest.raises(TimeoutError):
        await batcher.fetch(statements["read"], [1])
    assert not busy.done()
    assert await busy == ("rows", (1,))
    assert await outcome(batcher.fetch(statements["read"], [1])) == ("rows",)


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


async def test_one_that_is_to_blame_is_found_in_few_executions(
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
    # One for each half that had nobody to blame in it.
    assert await table.fetchval(transactions) == 6


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
        # Alone it waits where it holds nobody up, too.
        alone = asyncio.create_task(outcome(batcher.fetch(statements["raise"], [30, 1])))
        await asyncio.sleep(0.1)
        assert not alone.done()
        assert await outcome(batcher.fetch(statements["raise"], [1, 1])) == ("rows", (1, 3))
        # But not with any number of others.
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


@pytest.mark.parametrize("together", [1, 3])
async def test_a_write_that_was_sent_and_lost_is_told_from_one_that_was_not_sent(
    together: int, batcher: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    busy = await occupy(batcher, statements, 0.02 * (together - 1))
    sent = [asyncio.create_task(batcher.fetch(statements["linger"], [id])) for id in range(together)]
    await busy
    await asyncio.sleep(0.1)
    waiting = asyncio.create_task(outcome(batcher.fetch(statements["add"], [10, 10])))
    await asyncio.sleep(0)
    await kill_backends(table, "linger")
    results = await asyncio.gather(*sent, return_exceptions=True)
    assert {type(result) for result in results} == {OutcomeUnknown}
    assert await waiting == ("rows", (10, 10))


class Line:
    """A way to PostgreSQL that can go dead: nothing arrives any more, and nobody is told."""

    def __init__(self, dsn: str) -> None:
        parts = urlsplit(dsn)
        self._socket = f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432"
        self._parts = parts
        self.dead: set[asyncio.StreamWriter] = set()
        self._all: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.dsn = f"postgresql://{self._parts.username}@127.0.0.1:{self._server.sockets[0].getsockname()[1]}/nestwerk"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._all:
            writer.close()

    def die(self) -> None:
        """Whoever is connected now hears no more."""
        self.dead |= self._all

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream, back = await asyncio.open_unix_connection(self._socket)
        self._all |= {writer, back}
        await asyncio.gather(self._carry(reader, back), self._carry(upstream, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if writer not in self.dead:
                    writer.write(data)
        writer.close()


async def test_a_connection_that_dies_in_silence_is_replaced(
    dsn: str, table: Connection, statements: dict[str, Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MERGED_STATEMENT_TIMEOUT", 1.0)
    monkeypatch.setattr(connections, "GRACE", -0.7)
    await table.execute("insert into merged_counters values (1, 1)")
    merged = [statements["read"], statements["raise"]]
    async with Line(dsn) as line, opened(line.dsn, 1, merged) as made:
        line.die()
        # A read is told when it comes back from a new one, with those that wait behind it.
        reads = [outcome(made.fetch(statements["read"], [1])) for _ in range(5)]
        assert set(await asyncio.gather(*reads)) == {("rows", (1, 1))}
        line.die()
        with pytest.raises(OutcomeUnknown):
            await made.fetch(statements["raise"], [1, 1])
        assert await outcome(made.fetch(statements["read"], [1])) == ("rows", (1, 1))


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
