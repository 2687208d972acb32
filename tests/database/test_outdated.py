"""Statements that a migration outdates between their preparation and their execution are run again, on every path."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from api.database.aliases import Connection, Row
from api.database.errors import translate
from api.database.outdated import RENEWALS, is_outdated
from api.database.pool import Pool, open_pool
from api.database.statements.files import Statement, read_statement_file
from api.database.transactions import Transaction
from tests.counting import counting
from tests.database.merged_counters import outcome
from tests.database.proxy import Proxy

TYPES: Final = ("integer", "bigint")
FUNCTION: Final = """
drop function if exists outdated_value();
create function outdated_value(out value {type}) language sql begin atomic select 1::{type}; end
"""
SQL: Final = """-- Statements whose results change their types.

-- name: get_counter :value
select value from merged_counters where id = :id;

-- name: raise_counter :value
update merged_counters set value = value + 1 where id = :id returning value;

-- name: get_outdated :value
select value from outdated_value();
"""


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Statement]:
    path: Path = tmp_path_factory.mktemp("queries") / "single.sql"
    path.write_text(SQL)
    return {statement.name: statement for statement in read_statement_file(path)}


class Migrations:
    """Migrations that run before executions, as many as are asked for."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._types = cycle(TYPES)
        self._lock = asyncio.Lock()
        self.left = 0

    async def __call__(self) -> None:
        async with self._lock:
            if self.left:
                self.left -= 1
                type = next(self._types)
                await self._connection.execute(f"alter table merged_counters alter column value type {type}")
                await self._connection.execute(FUNCTION.format(type=type))


@pytest.fixture
async def migrations(table: Connection) -> AsyncIterator[Migrations]:
    await table.execute("insert into merged_counters select id, 0 from generate_series(1, 9) as id")
    await table.execute(FUNCTION.format(type="bigint"))
    yield Migrations(table)
    await table.execute("drop function outdated_value()")


@pytest.fixture
async def pool(dsn: str, statements: dict[str, Statement], migrations: Migrations) -> AsyncIterator[Pool]:
    async with Proxy(dsn) as proxy, open_pool(proxy.dsn, [statements["read"], statements["raise"]]) as opened:
        proxy.before_execution = migrations
        yield opened


# asyncpg itself runs a statement once more.
TWICE: Final = 2


async def test_merged_statements_alone(pool: Pool, statements: dict[str, Statement], migrations: Migrations) -> None:
    migrations.left = TWICE
    assert await outcome(pool.fetch(statements["read"], [1])) == ("rows", (1, 0))
    migrations.left = TWICE
    assert await outcome(pool.fetch(statements["raise"], [1, 5])) == ("rows", (1, 5))
    assert migrations.left == 0


@pytest.mark.parametrize("name", ["read", "raise"])
async def test_merged_statements_together(
    name: str, pool: Pool, statements: dict[str, Statement], migrations: Migrations
) -> None:
    migrations.left = 2 * TWICE
    arguments = [[id] if name == "read" else [id, 1] for id in range(1, 9)]
    results = await asyncio.gather(*[outcome(pool.fetch(statements[name], each)) for each in arguments])
    assert results == [("rows", (id, int(name == "raise"))) for id in range(1, 9)]
    assert migrations.left == 0


@pytest.mark.parametrize("name", ["get_counter", "raise_counter"])
async def test_single_statements(
    name: str, pool: Pool, single: dict[str, Statement], migrations: Migrations, table: Connection
) -> None:
    migrations.left = TWICE
    with counting() as counted:
        assert [row["value"] for row in await pool.fetch(single[name], [1])] == [int(name == "raise_counter")]
    assert migrations.left == 0
    assert counted("nestwerk_statement_retries_total", name, "outdated") == 1
    assert counted("nestwerk_statement_batch_calls", name) == 1
    assert await table.fetchval("select value from merged_counters where id = 1") == int(name == "raise_counter")


async def test_the_first_statement_of_a_transaction(
    pool: Pool, single: dict[str, Statement], migrations: Migrations, table: Connection
) -> None:
    migrations.left = 1
    async with pool.transaction():
        assert [row["value"] for row in await pool.fetch(single["get_outdated"], [])] == [1]
        await pool.fetch(single["raise_counter"], [1])
    assert migrations.left == 0
    assert await table.fetchval("select value from merged_counters where id = 1") == 1


async def test_a_transaction_that_is_begun_anew_is_counted(
    pool: Pool, single: dict[str, Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch, errors = Transaction._fetch, [asyncpg.InvalidCachedStatementError("outdated")]

    async def outdated_once(self: Transaction, statement: Statement, arguments: Sequence[object]) -> list[Row]:
        if errors:
            raise errors.pop()
        return await fetch(self, statement, arguments)

    monkeypatch.setattr(Transaction, "_fetch", outdated_once)
    with counting() as counted:
        async with pool.transaction():
            assert len(await pool.fetch(single["get_counter"], [1])) == 1
    assert counted("nestwerk_statement_retries_total", "get_counter", "outdated") == 1
    assert counted("nestwerk_statement_batch_calls", "get_counter") == 1


async def test_a_later_statement_of_a_transaction_undoes_it_and_is_no_internal_error(
    pool: Pool, single: dict[str, Statement], table: Connection, migrations: Migrations
) -> None:
    async def fail() -> None:
        async with pool.transaction():
            await pool.fetch(single["get_counter"], [1])
            await pool.fetch(single["raise_counter"], [1])
            raise asyncpg.InvalidCachedStatementError("outdated")

    with pytest.raises(asyncpg.InvalidCachedStatementError) as raised:
        await fail()
    problem = translate(raised.value, {})
    assert problem is not None
    assert problem.type.code == "too_busy"
    assert await table.fetchval("select value from merged_counters where id = 1") == 0


@pytest.mark.parametrize("name", ["read", "get_counter", "get_outdated"])
async def test_there_is_an_end(
    name: str, pool: Pool, statements: dict[str, Statement], single: dict[str, Statement], migrations: Migrations
) -> None:
    migrations.left = often = 100
    arguments: list[Any] = [] if name == "get_outdated" else [1]
    with pytest.raises(asyncpg.InvalidCachedStatementError):
        await pool.fetch((statements | single)[name], arguments)
    assert often - migrations.left == (1 + RENEWALS) * TWICE


def test_a_type_that_is_dropped_while_a_statement_is_planned() -> None:
    assert is_outdated(asyncpg.InternalServerError("cache lookup failed for type 16385"))
    assert not is_outdated(asyncpg.InternalServerError("something else"))
