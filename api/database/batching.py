"""Merges concurrent calls of one statement into one execution.

A `:batch` statement is written over arrays: each of its parameters is an array with one element a call, and its first
column says to which call (1, 2, …) a row belongs. A call that finds a free connection is sent at once, alone. While all
connections are busy, calls queue; a connection that comes free takes the waiting calls of one statement together.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Final

import asyncpg

from api.database.aliases import Connection, Row
from api.database.call_queue import Call, CallQueue, deliver, fail, is_late
from api.database.keeper import Keeper
from api.database.lock_waits import LockWaits
from api.database.outdated import RENEWALS, is_outdated, run_again
from api.database.retries import Loss, find_loss
from api.database.statements.files import Statement

# Errors after which a statement did nothing, so that its calls may be run again.
_DID_NOTHING: Final = (asyncpg.PostgresError, asyncpg.InterfaceError)


class Batcher:
    """A few connections, kept open, that `:batch` statements run on.

    `fetch` may be called from any number of tasks of one event loop.
    """

    def __init__(self, keeper: Keeper, lock_waits: LockWaits) -> None:
        """Take what opens the connections, and what waits for locks."""
        self._keeper = keeper
        self._lock_waits = lock_waits
        self._idle: list[Connection] = []
        self._queue = CallQueue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    def open(self) -> asyncio.Event:
        """Begin to open the first connection; the event says that the first attempt has ended."""
        self._loop = asyncio.get_running_loop()
        return self._keeper.start(self._release, self._queue.refuse_all, self._closed)

    async def close(self) -> None:
        """Let running executions finish, then close the connections."""
        self._closing = True
        await self._keeper.close()
        while self._tasks:
            await asyncio.wait(self._tasks)
        while self._idle:
            await self._idle.pop().close(timeout=5.0)

    async def fetch(self, statement: Statement, arguments: Sequence[object]) -> list[Row]:
        """Rows of one call; their first column, the number of the call in its batch, means nothing to the caller.

        Raises:
            TimeoutError: too many calls wait, or no connection came free in time.
            ConnectionError, asyncpg.TooManyConnectionsError: there's no connection at all.
            asyncpg.PostgresError, ValueError: the error that this call gets if it runs alone.

        """
        while self._idle and not self._queue:
            connection = self._idle.pop()
            if connection.is_closed():
                self._replace(connection)
                continue
            return await self._run_alone(connection, statement, arguments)
        return await self._enqueue(statement, arguments)

    async def _run_alone(self, connection: Connection, statement: Statement, arguments: Sequence[object]) -> list[Row]:
        columns = [[value] for value in arguments]
        try:
            return await connection.fetch(statement.text, *columns)
        except asyncpg.LockNotAvailableError as error:
            locked = error
        except Exception as error:
            if is_outdated(error):
                return await run_again(connection, statement, columns, error)
            loss = find_loss(error, connection, statement)
            if loss is None:
                raise
            if not loss.may_retry(tried=False):
                raise loss.error  # noqa: B904  it may be the same
            locked = None
        finally:
            self._release(connection)
        if locked is not None:
            return await self._lock_waits.fetch(statement, columns, locked)
        return await self._enqueue(statement, arguments, tried=True)

    def _enqueue(
        self, statement: Statement, arguments: Sequence[object], *, tried: bool = False
    ) -> asyncio.Future[list[Row]]:
        if self._keeper.away:
            raise self._keeper.refusal()
        return self._queue.add(statement, arguments, tried=tried).rows

    def _release(self, connection: Connection) -> None:
        """Give a free connection the waiting calls, or keep it for the next call."""
        if connection.is_closed():
            self._replace(connection)
        elif self._queue:
            self._start(self._drain(connection))
        else:
            self._idle.append(connection)

    async def _drain(self, connection: Connection) -> None:
        """Run the waiting calls until there are none."""
        try:
            while self._queue and not connection.is_closed():
                statement, calls = self._queue.take()
                if calls:
                    await self._run(connection, statement, calls)
        finally:
            if connection.is_closed():
                self._replace(connection)
            else:
                self._idle.append(connection)

    async def _run(
        self, connection: Connection, statement: Statement, calls: list[Call], renewals: int = RENEWALS
    ) -> None:
        columns = [list(column) for column in zip(*[call.arguments for call in calls], strict=True)]
        try:
            deliver(calls, await connection.fetch(statement.text, *columns))
        except Exception as error:  # noqa: BLE001
            if renewals and is_outdated(error):
                await self._run(connection, statement, calls, renewals - 1)
            elif loss := find_loss(error, connection, statement):
                self._retry_or_fail(statement, calls, loss)
            elif isinstance(error, asyncpg.LockNotAvailableError) and (len(calls) == 1 or statement.reads_only):
                self._start(self._wait_for_lock(statement, calls, columns, error))
            elif len(calls) == 1 or not isinstance(error, _DID_NOTHING):
                fail(calls, error)
            else:
                await self._run_halves(connection, statement, calls)

    async def _run_halves(self, connection: Connection, statement: Statement, calls: list[Call]) -> None:
        """Run the calls of a failed execution, which did nothing, in halves, so that only the calls at fault fail."""
        middle = len(calls) // 2
        for half in (calls[:middle], calls[middle:]):
            fail((call for call in half if is_late(call)), TimeoutError("the calls before took too long"))
            left = [call for call in half if not call.rows.done()]
            if connection.is_closed():
                # They may be run again, as the failed execution did nothing.
                self._queue.put(statement, left)
            elif left:
                await self._run(connection, statement, left)

    async def _wait_for_lock(
        self, statement: Statement, calls: list[Call], columns: Sequence[object], error: asyncpg.LockNotAvailableError
    ) -> None:
        try:
            deliver(calls, await self._lock_waits.fetch(statement, columns, error))
        except Exception as failure:  # noqa: BLE001
            fail(calls, failure)

    def _retry_or_fail(self, statement: Statement, calls: list[Call], loss: Loss) -> None:
        """After a lost connection, queue the calls that may be run again, and fail the others."""
        again = [call for call in calls if loss.may_retry(tried=call.tried)]
        fail([call for call in calls if not loss.may_retry(tried=call.tried)], loss.error)
        for call in again:
            call.tried = True
        self._queue.put(statement, again)

    def _closed(self, connection: Connection) -> None:
        if connection in self._idle:
            self._idle.remove(connection)
            self._replace(connection)

    def _replace(self, connection: Connection) -> None:
        if self._closing:
            connection.terminate()
        else:
            self._keeper.replace(connection)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
