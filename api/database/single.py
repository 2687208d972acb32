"""A worker's few connections for single statements and transactions, for which callers queue."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from api.database.aliases import Connection, ConnectionPool, Row
from api.database.call_queue import DEADLINE
from api.database.retries import OutcomeUnknown, find_loss
from api.database.shares import Owner, Shares
from api.database.statements.files import Statement
from api.database.turns import Turns
from api.database.unfinished import UnfinishedWrites, session_of

SINGLE_CONNECTIONS: Final = 4


class SingleConnections:
    """Connections that callers get in turns; asyncpg's own queue lets later ones overtake."""

    def __init__(self, pool: ConnectionPool, unfinished: UnfinishedWrites, shares: Shares) -> None:
        """Take open connections, where sessions go whose write may still take effect, and the shares of owners."""
        self._pool = pool
        self._unfinished = unfinished
        self._turns = Turns(pool.get_max_size(), shares)

    @asynccontextmanager
    async def acquire(self, owner: Owner = None, turn: int = 0) -> AsyncIterator[Connection]:
        """A connection for the block; `turn` is how many calls the owner had under way before.

        Raises:
            TimeoutError: too many callers wait, or no connection came free in time.
            ShareExceeded: the same, for a costly owner.

        """
        place = await self._turns.take(owner, turn)
        try:
            async with asyncio.timeout(DEADLINE):
                acquired = await self._pool.acquire()
        except BaseException:
            self._turns.give_back(place)
            raise
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
                self._turns.give_back(place)

    async def fetch(
        self,
        statement: Statement,
        arguments: Sequence[object],
        owner: Owner = None,
        turn: int = 0,
        *,
        tried: bool = False,
    ) -> list[Row]:
        """Run a statement on a connection; if that is lost, run it once more if it may be, unless it's `tried` already.

        Raises:
            TimeoutError: too many callers wait, or no connection came free in time.
            ShareExceeded: the same, for a costly owner.
            OutcomeUnknown: a write was sent and its connection lost.
            asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError: errors of the database or of asyncpg.

        """
        async with self.acquire(owner, turn) as current:
            try:
                return await current.fetch(statement.text, *arguments)
            except Exception as error:
                loss = find_loss(error, current, statement)
                if loss is None:
                    raise
                if tried or not loss.may_retry(tried=tried):
                    raise loss.error  # noqa: B904  it may be the same
        return await self.fetch(statement, arguments, owner, turn, tried=True)
