"""Runs statements on a test's own connection, where it sees what the test has in its transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from api.database.aliases import Connection
from api.database.queries import STATEMENTS


async def run(database: Connection, name: str, **values: object) -> list[tuple[Any, ...]]:
    """Rows of a statement; its parameters by their names."""
    statement = STATEMENTS[name]
    return [
        tuple(row) for row in await database.fetch(statement.text, *[values[each] for each in statement.parameters])
    ]


@asynccontextmanager
async def taken_back(database: Connection) -> AsyncIterator[None]:
    """A transaction, which is rolled back at the end of the block."""
    transaction = database.transaction()
    await transaction.start()
    try:
        yield
    finally:
        await transaction.rollback()
