"""Has executions that meet a lock wait for it on another connection.

A merged execution that waited for a lock on its own connection would hold up all calls behind it.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import asyncpg

from api.database.aliases import Row
from api.database.measures import count_lock_wait
from api.database.statements.files import Statement

# Runs a statement with PostgreSQL's arguments on a connection where waiting holds up no other calls.
FetchAlone = Callable[[Statement, Sequence[object]], Awaitable[list[Row]]]

# Most executions that wait at the same time.
MAX_WAITS: Final = 2


class LockWaits:
    """Runs executions that wait for locks; past `MAX_WAITS` they fail with the error that they came with."""

    def __init__(self, fetch_alone: FetchAlone) -> None:
        self._fetch_alone = fetch_alone
        self._count = 0

    async def fetch(
        self, statement: Statement, columns: Sequence[object], error: asyncpg.LockNotAvailableError
    ) -> list[Row]:
        """Run an execution again that failed with `error` because of a lock.

        Raises:
            asyncpg.LockNotAvailableError: too many wait, or the lock isn't released in time.
            Exception: whatever the statement, or the wait for a connection, raises.

        """
        if self._count >= MAX_WAITS:
            raise error
        self._count += 1
        count_lock_wait(statement)
        try:
            return await self._fetch_alone(statement, columns)
        finally:
            self._count -= 1
