"""What is counted of statements, on every way that they may take."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from api.database.aliases import Connection
from api.database.batching import Batcher
from api.database.measures import _class
from api.database.pool import open_pool
from api.database.retries import OutcomeUnknown
from api.database.shares import ShareExceeded
from api.database.statements.files import Statement, read_statement_file
from api.metrics import families
from tests.counting import counting
from tests.database.merged_counters import kill_backends, occupy, outcome

CALLS = "nestwerk_statement_batch_calls"
ROWS = "nestwerk_statement_rows_total"
RETRIES = "nestwerk_statement_retries_total"


def executions(name: str) -> float:
    """How many executions of a statement there were."""
    [family] = [family for family in families() if family.name == "nestwerk_statement_duration_seconds"]
    return sum(family.cells.get((name,), [0.0])[:-1])


async def test_merged_calls_are_one_execution(
    batcher: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    await table.execute("insert into merged_counters select n, n from generate_series(1, 20) as n")
    before = executions("read")
    with counting() as counted:
        busy = await occupy(batcher, statements, 0.02)
        reads = [outcome(batcher.fetch(statements["read"], [id])) for id in range(11, 31)]
        await asyncio.gather(busy, *reads)
    assert executions("read") - before == 1
    assert (counted(CALLS, "read"), counted(ROWS, "read")) == (20, 10)
    assert (counted(CALLS, "sleep"), counted(ROWS, "sleep")) == (1, 1)
    assert counted("nestwerk_database_wait_seconds", "merged") > 0.01


async def test_a_call_at_fault_has_others_run_again(
    batcher: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    with counting() as counted:
        busy = await occupy(batcher, statements, 0.02)
        adds = [outcome(batcher.fetch(statements["add"], [id, -1 if id == 3 else 1])) for id in range(4)]
        await asyncio.gather(busy, *adds)
    # All four, and then the half with the one at fault.
    assert counted(RETRIES, "add", "halved") == 6
    assert (counted(CALLS, "add"), counted(ROWS, "add")) == (3, 3)


async def test_reads_whose_connection_is_lost(
    batcher: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    with counting() as counted:
        busy = asyncio.create_task(outcome(batcher.fetch(statements["sleep"], [0.2])))
        await asyncio.sleep(0.05)
        await kill_backends(table, "sleep")
        assert await busy == ("rows", (1,))
    assert counted(RETRIES, "sleep", "connection lost") == 1
    assert counted(CALLS, "sleep") == 1


async def test_an_execution_that_meets_a_lock(
    batcher: Batcher, table: Connection, statements: dict[str, Statement]
) -> None:
    await table.execute("insert into merged_counters values (1, 1)")
    with counting() as counted:
        async with table.transaction():
            await table.execute("select from merged_counters for update")
            waiting = asyncio.create_task(outcome(batcher.fetch(statements["raise"], [1, 1])))
            await asyncio.sleep(0.1)
            assert counted("nestwerk_statement_lock_waits_total", "raise") == 1
        assert await waiting == ("rows", (1, 2))


async def test_statements_of_single_connections_and_transactions(dsn: str, tmp_path: Path) -> None:
    path = tmp_path / "numbers.sql"
    path.write_text(
        "-- Numbers.\n\n-- name: list_numbers :many\nselect n from generate_series(1, :most::int) as n;\n\n"
        "-- name: list_merged :many :batch\nselect call, n from unnest(:n::int[]) with ordinality as each (n, call);\n"
    )
    single, merged = read_statement_file(path)
    async with open_pool(dsn, [merged]) as pool:
        with counting() as counted:
            await pool.fetch(single, [3])
            async with pool.transaction():
                await pool.fetch(single, [4])
                await pool.fetch(merged, [5])
                assert counted("nestwerk_database_connections", "single statements", "busy") == 1
        assert (counted(CALLS, "list_numbers"), counted(ROWS, "list_numbers")) == (2, 7)
        assert (counted(CALLS, "list_merged"), counted(ROWS, "list_merged")) == (1, 1)
        assert counted("nestwerk_database_connections", "single statements", "busy") == 0
    assert "nestwerk_database_connections" not in {family.name for family in families()}


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (asyncpg.UniqueViolationError("a name"), "23"),
        (asyncpg.QueryCanceledError(), "57"),
        (OutcomeUnknown(), "outcome unknown"),
        (ShareExceeded(), "share exceeded"),
        (TimeoutError(), "no connection in time"),
        (ConnectionResetError(), "database away"),
        (asyncpg.InterfaceError("closed"), "database away"),
        (ValueError("a name"), "other"),
    ],
)
def test_errors_have_few_classes(error: Exception, name: str) -> None:
    assert _class(error) == name
