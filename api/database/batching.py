"""Concurrent calls of one statement, merged into one execution.

A `:batch` statement is written over arrays: each of its parameters is an array with one element a call, and its first
column says to which call (1, 2, …) a row belongs. Nobody waits for company: a call that finds a free connection is
sent at once, alone. While all are busy calls queue, and a connection that comes free takes all that wait for one
statement.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, Final

from api.database.aliases import Connection, Row
from api.database.lost import is_lost, may_go_again
from api.database.query_files import Statement
from api.database.waiting import Call, Waiting, fail, is_late

Connect = Callable[[], Awaitable[Connection]]

# Seconds.
RECONNECT_INTERVAL: Final = 0.1


class Batcher:
    """A few connections, kept open, that `:batch` statements run on.

    `fetch` may be called from any number of tasks of one event loop.
    """

    def __init__(self, connect: Connect, *, connections: int) -> None:
        self._connect = connect
        self._size = connections
        self._idle: list[Connection] = []
        # Every connection is lost and a new one was refused: until one opens, nobody needs to wait.
        self._away = False
        self._open = 0
        self._waiting = Waiting()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    async def open(self) -> None:
        """Open the connections.

        Raises:
            Exception: whatever the first connection that fails raises.

        """
        self._loop = asyncio.get_running_loop()
        self._idle = [await self._connect() for _ in range(self._size)]
        self._open = self._size

    async def close(self) -> None:
        """Let what is under way finish, then close the connections."""
        self._closing = True
        while self._tasks:
            await asyncio.wait(self._tasks)
        for connection in self._idle:
            await connection.close(timeout=5.0)
        self._idle.clear()

    async def fetch(self, statement: Statement, arguments: Sequence[object]) -> list[Row]:
        """Rows of one call; the first column of each is of no meaning to the caller.

        Raises:
            TimeoutError: too many calls wait, or no connection came free in time.
            ConnectionError: there's no connection at all.
            asyncpg.PostgresError, ValueError: what this call alone would have got.

        """
        while self._idle and not self._waiting:
            connection = self._idle.pop()
            if connection.is_closed():
                self._replace(connection)
                continue
            return await self._run_alone(connection, statement, arguments)
        return await self._enqueue(statement, arguments)

    async def _run_alone(self, connection: Connection, statement: Statement, arguments: Sequence[object]) -> list[Row]:
        try:
            return await connection.fetch(statement.text, *[[value] for value in arguments])
        except Exception as error:
            if not (is_lost(error, connection) and may_go_again(error, statement, tried=False)):
                raise
        finally:
            self._release(connection)
        return await self._enqueue(statement, arguments, tried=True)

    def _enqueue(
        self, statement: Statement, arguments: Sequence[object], *, tried: bool = False
    ) -> asyncio.Future[list[Row]]:
        if self._away:
            raise ConnectionError("the database is away")
        return self._waiting.add(statement, arguments, tried=tried).rows

    def _release(self, connection: Connection) -> None:
        """Give a connection what waits, or put it aside."""
        if connection.is_closed():
            self._replace(connection)
        elif self._waiting:
            self._start(self._drain(connection))
        else:
            self._idle.append(connection)

    async def _drain(self, connection: Connection) -> None:
        """Run what waits until nothing does."""
        try:
            while self._waiting and not connection.is_closed():
                statement, calls = self._waiting.take()
                if calls:
                    await self._run(connection, statement, calls)
        finally:
            if connection.is_closed():
                self._replace(connection)
            else:
                self._idle.append(connection)

    async def _run(self, connection: Connection, statement: Statement, calls: list[Call]) -> None:
        try:
            rows = await connection.fetch(
                statement.text, *[list(column) for column in zip(*[call.arguments for call in calls], strict=True)]
            )
            shares: list[list[Row]] = [[] for _ in calls]
            for row in rows:
                shares[row[0] - 1].append(row)
        except Exception as error:  # noqa: BLE001
            await self._run_apart(connection, statement, calls, error)
            return
        for call, share in zip(calls, shares, strict=True):
            if not call.rows.done():
                call.rows.set_result(share)

    async def _run_apart(
        self, connection: Connection, statement: Statement, calls: list[Call], error: Exception
    ) -> None:
        """After a merged execution failed and so did nothing: each call gets what it would have got alone."""
        if is_lost(error, connection):
            self._retry_or_fail(statement, calls, error)
        elif len(calls) == 1:
            fail(calls, error)
        else:
            for index, call in enumerate(calls):
                if connection.is_closed():
                    # Those behind weren't sent: what was sent for them all did nothing.
                    self._waiting.put(statement, calls[index:])
                    return
                if is_late(call):
                    fail([call], TimeoutError("the calls before took too long"))
                elif not call.rows.done():
                    await self._run(connection, statement, [call])

    def _retry_or_fail(self, statement: Statement, calls: list[Call], error: Exception) -> None:
        """After a connection was lost: what may go again does, for as long as callers wait."""
        again = [call for call in calls if may_go_again(error, statement, tried=call.tried)]
        for call in again:
            call.tried = True
        fail([call for call in calls if call not in again], error)
        if again:
            self._waiting.put(statement, again)

    def _replace(self, connection: Connection) -> None:
        self._open -= 1
        connection.terminate()
        if not self._closing:
            self._start(self._reconnect())

    async def _reconnect(self) -> None:
        while not self._closing:
            try:
                connection = await self._connect()
            except Exception:  # noqa: BLE001
                if self._open == 0 and not self._away:
                    self._away = True
                    self._waiting.refuse_all(ConnectionError("the database is away"))
                await asyncio.sleep(RECONNECT_INTERVAL)
            else:
                self._open += 1
                self._away = False
                self._release(connection)
                return

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
