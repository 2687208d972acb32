"""A worker's few connections for single statements and transactions, for which callers queue."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from api.database.aliases import Connection, ConnectionPool, Row
from api.database.call_queue import DEADLINE, MAX_WAITING
from api.database.retries import OutcomeUnknown, find_loss
from api.database.statements.files import Statement
from api.database.unfinished import UnfinishedWrites, session_of

SINGLE_CONNECTIONS: Final = 4


class SingleConnections:
    """Connections that callers get in the order of their coming; asyncpg's own queue lets later ones overtake."""

    def __init__(self, pool: ConnectionPool, unfinished: UnfinishedWrites) -> None:
        """Take open connections, and where sessions go whose write may still take effect."""
        self._pool = pool
        self._unfinished = unfinished
        self._turns = asyncio.Semaphore(pool.get_max_size())
        self._waiting = 0

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        """A connection for the block.

        Raises:
            TimeoutError: too many callers wait, or no connection came free in time.

        """
        if self._waiting >= MAX_WAITING:
            raise TimeoutError("too many callers wait for a connection")
        self._waiting += 1
        try:
            async with asyncio.timeout(DEADLINE):
                await self._turns.acquire()
                try:
                    acquired = await self._pool.acquire()
                except BaseException:
                    self._turns.release()
                    raise
        finally:
            self._waiting -= 1
        # asyncpg may take a lost connection back within the block.
        session = session_of(acquired)
        try:
            yield acquired  # type: ignore[misc]
        except OutcomeUnknown:
            self._unfinished.add(session)
            raise
        finally:
            try:
                await self._pool.release(acquired)
            finally:
                self._turns.release()

    async def fetch(self, statement: Statement, arguments: Sequence[object], *, tried: bool = False) -> list[Row]:
        """Run a statement on a connection; if that is lost, run it once more if it may be, unless it's `tried` already.

        Raises:
            TimeoutError: too many callers wait, or no connection came free in time.
            OutcomeUnknown: a write was sent and its connection lost.
            asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError: errors of the database or of asyncpg.

        """
        async with self.acquire() as current:
            try:
                return await current.fetch(statement.text, *arguments)
            except Exception as error:
                loss = find_loss(error, current, statement)
                if loss is None:
                    raise
                if tried or not loss.may_retry(tried=tried):
                    raise loss.error  # noqa: B904  it may be the same
        return await self.fetch(statement, arguments, tried=True)
