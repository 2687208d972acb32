"""Runs statements on a test's own connection, where it sees what the test has in its transaction."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from api.database.aliases import Connection
from api.database.queries import STATEMENTS
from tests.waiting import until_waiting


async def run(database: Connection, name: str, /, **values: object) -> list[tuple[Any, ...]]:
    """Rows of a statement; its parameters by their names."""
    return [tuple(row) for row in await run_named(database, name, **values)]


async def run_named(database: Connection, name: str, /, **values: object) -> list[Any]:
    """The same with the names of columns."""
    statement = STATEMENTS[name]
    return await database.fetch(statement.text, *[values[each] for each in statement.parameters])


@asynccontextmanager
async def taken_back(database: Connection) -> AsyncIterator[None]:
    """A transaction, which is rolled back at the end of the block."""
    transaction = database.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()


@asynccontextmanager
async def without_triggers(database: Connection) -> AsyncIterator[None]:
    """Neither triggers nor foreign keys fire within the block."""
    await database.execute("set session_replication_role = replica")
    yield
    await database.execute("reset session_replication_role")


async def run_behind(
    database: Connection, dsn: str, name: str, **values: object
) -> asyncio.Task[list[tuple[Any, ...]]]:
    """Run a statement on another connection; returns when it waits for what the test's transaction has locked."""

    async def run_beside() -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(dsn)
        try:
            return await run(connection, name, **values)
        finally:
            await connection.close()

    running = asyncio.create_task(run_beside())
    await until_waiting(database, f"/* {name} */")
    return running
