"""A transaction that begins with the first statement that writes, and what comes before it and after."""

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from api.database.aliases import Connection
from api.database.pool import Pool, open_pool
from api.database.statements.files import Statement
from api.database.transactions import Interrupted, deferred

NUMBER = "select count(*) from merged_counters"


@pytest.fixture
async def pool(dsn: str, table: Connection, statements: dict[str, Statement]) -> AsyncIterator[Pool]:
    async with open_pool(dsn, list(statements.values())) as opened:
        yield opened


async def nothing() -> None:
    """What is done first."""


async def test_it_begins_with_the_first_statement_that_writes(
    pool: Pool, table: Connection, statements: dict[str, Statement]
) -> None:
    add, read = statements["add"], statements["read"]
    async with pool.late_transaction(nothing) as late:
        await pool.fetch(read, [1])
        await pool.fetch(replace(add, alone=True), [1, 1])
        assert not late.has_begun
        assert await table.fetchval(NUMBER) == 1
        await pool.fetch(add, [2, 2])
        await pool.fetch(replace(add, alone=True), [3, 3])
        assert late.has_begun
        assert await table.fetchval(NUMBER) == 1
        assert len(await pool.fetch(read, [2])) == 1
    assert await table.fetchval(NUMBER) == 3


async def test_what_is_done_first_may_end_it(pool: Pool, table: Connection, statements: dict[str, Statement]) -> None:
    async def refuse() -> None:
        await pool.fetch(statements["add"], [1, 1])
        raise Interrupted

    with pytest.raises(Interrupted):
        async with pool.late_transaction(refuse):
            await pool.fetch(statements["add"], [2, 2])
    assert await table.fetchval(NUMBER) == 0


async def test_what_follows_is_done_once_it_is_committed_in_transactions_of_its_own(
    pool: Pool, table: Connection, statements: dict[str, Statement]
) -> None:
    seen = []

    async def follow() -> None:
        seen.append(await table.fetchval(NUMBER))
        async with pool.transaction():
            await pool.fetch(statements["add"], [2, 2])
            seen.append(await table.fetchval(NUMBER))

    async with pool.late_transaction(nothing):
        assert not deferred(follow)
        await pool.fetch(statements["add"], [1, 1])
        assert deferred(follow)
        assert not seen
    assert seen == [1, 1]
