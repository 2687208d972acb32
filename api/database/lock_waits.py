"""Executions that wait for a lock on a connection of their own.

A merged execution that met a lock and waited for it would hold up all calls that come after it.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import asyncpg

from api.database.aliases import Row
from api.database.statements.files import Statement

# Runs a statement with its arguments as PostgreSQL gets them, on a connection whose waiting harms nobody.
FetchAlone = Callable[[Statement, Sequence[object]], Awaitable[list[Row]]]

# Executions that wait at the same time, at most.
MOST_WAITS: Final = 2


class LockWaits:
    """Runs a few executions that wait for locks; those past them get the error that they came with."""

    def __init__(self, fetch_alone: FetchAlone) -> None:
        self._fetch_alone = fetch_alone
        self._count = 0

    async def fetch(
        self, statement: Statement, columns: Sequence[object], error: asyncpg.LockNotAvailableError
    ) -> list[Row]:
        """Rows of an execution that met a lock before, which `error` told.

        Raises:
            asyncpg.LockNotAvailableError: too many wait, or the lock isn't let go.
            Exception: whatever the statement, or the wait for a connection, raises.

        """
        if self._count >= MOST_WAITS:
            raise error
        self._count += 1
        try:
            return await self._fetch_alone(statement, columns)
        finally:
            self._count -= 1
