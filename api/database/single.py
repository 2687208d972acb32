"""A worker's few connections for single statements and transactions, for which callers queue."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Final

from api.database.aliases import Connection, Row
from api.database.call_queue import DEADLINE
from api.database.connections import close
from api.database.executions import execute, note_execution
from api.database.keeper import Keeper
from api.database.measures import LOST, calls_of, count_retries, count_wait
from api.database.outdated import is_outdated, run_again
from api.database.retries import OutcomeUnknown, find_loss
from api.database.shares import Owner, Shares
from api.database.statements.files import Statement
from api.database.turns import Turns

SINGLE_CONNECTIONS: Final = 4


class SingleConnections:
    """Connections that callers get in turns."""

    def __init__(self, keeper: Keeper, shares: Shares) -> None:
        """Take what opens the connections, and the shares of owners."""
        self._keeper = keeper
        self._turns = Turns(SINGLE_CONNECTIONS, shares)
        self._idle: list[Connection] = []
        # Those whose turn it is while fewer connections than usual are open.
        self._waiting: deque[asyncio.Future[Connection]] = deque()
        self._closing = False
        # Whether the next one that comes free gives way, if that is still needed then.
        self._gives_way = False

    @property
    def waiting(self) -> int:
        """Callers that wait for their turn."""
        return self._turns.waiting

    @property
    def idle(self) -> int:
        """Connections that nobody uses."""
        return len(self._idle)

    def open(self) -> asyncio.Event:
        """Begin to open the first connection; the event says that the first attempt has ended."""
        return self._keeper.start(self._release, self._refuse_all, self._closed, self._spare)

    async def close(self) -> None:
        """Close the connections; those in use are closed when they come back."""
        self._closing = True
        await self._keeper.close()
        while self._idle:
            await close(self._idle.pop())
        self._refuse_all(ConnectionError("the pool isn't open"))

    @asynccontextmanager
    async def acquire(self, owner: Owner = None, turn: int = 0) -> AsyncIterator[Connection]:
        """A connection for the block; `turn` is how many calls the owner had under way before.

        Raises:
            TimeoutError: too many callers wait, or no connection came free in time.
            ShareExceeded: the same, for a costly owner.
            ConnectionError, asyncpg.TooManyConnectionsError: there's no connection at all.

        """
        if self._keeper.away:
            raise self._keeper.refusal()
        started = perf_counter()
        place = await self._turns.take(owner, turn)
        try:
            async with self._connection() as connection:
                count_wait(self._keeper.kind, perf_counter() - started)
                yield connection
        finally:
            self._turns.give_back(place)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Connection]:
        connection = await self._get()
        wrote = False
        try:
            yield connection
        except OutcomeUnknown:
            wrote = True
            raise
        finally:
            # A block that was cancelled twice may leave its transaction open.
            if not connection.is_closed() and connection.is_in_transaction():
                connection.terminate()
            self._release(connection, wrote=wrote)

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
        calls = calls_of(statement, arguments)
        asked = perf_counter()
        async with self.acquire(owner, turn) as current:
            started = perf_counter()
            try:
                rows = await execute(current, statement, arguments, calls=calls)
            except Exception as error:
                if is_outdated(error):
                    return await run_again(current, statement, arguments, error)
                loss = find_loss(error, current, statement)
                if loss is None:
                    raise
                if tried or not loss.may_retry(tried=tried):
                    raise loss.error  # noqa: B904  it may be the same
            else:
                note_execution(statement, perf_counter() - started, len(rows), calls=calls, wait=started - asked)
                return rows
        count_retries(statement, LOST)
        return await self.fetch(statement, arguments, owner, turn, tried=True)

    async def _get(self) -> Connection:
        while self._idle and not self._waiting:
            connection = self._idle.pop()
            if not connection.is_closed():
                return connection
            self._keeper.replace(connection)
        if self._keeper.away:
            raise self._keeper.refusal()
        return await self._wait()

    async def _wait(self) -> Connection:
        turn: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(DEADLINE):
                return await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                if turn.exception() is None:
                    self._release(turn.result())
            elif turn.cancelled():
                with suppress(ValueError):
                    self._waiting.remove(turn)
            raise

    def _release(self, connection: Connection, *, wrote: bool = False) -> None:
        """Give a connection to who has waited longest, or keep it."""
        if self._gives_way:
            self._gives_way = False
            if self._keeper.may_give_way:
                connection.terminate()
        if self._closing:
            connection.terminate()
        elif connection.is_closed():
            self._keeper.replace(connection, wrote=wrote)
        else:
            while self._waiting:
                turn = self._waiting.popleft()
                if not turn.done():
                    turn.set_result(connection)
                    return
            self._idle.append(connection)

    def _closed(self, connection: Connection) -> None:
        if connection in self._idle:
            self._idle.remove(connection)
            self._release(connection)

    def _spare(self) -> None:
        """Replace the next connection that comes free."""
        self._gives_way = True
        if self._idle:
            self._release(self._idle.pop())

    def _refuse_all(self, error: Exception) -> None:
        for turn in self._waiting:
            if not turn.done():
                turn.set_exception(error)
        self._waiting.clear()
