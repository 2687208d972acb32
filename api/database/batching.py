"""Concurrent calls of one statement, merged into one execution.

A `:batch` statement is written over arrays: each of its parameters is an array with one element a call, and its first
column says to which call (1, 2, …) a row belongs. Nobody waits for company: a call that finds a free connection is
sent at once, alone. While all are busy calls queue, and a connection that comes free takes all that wait for one
statement.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Final

from api.database.aliases import Connection, Row
from api.database.lost import is_lost, may_go_again
from api.database.query_files import Statement

Connect = Callable[[], Awaitable[Connection]]

# Calls in one execution at most.
LARGEST_BATCH: Final = 64
# Calls that wait at most; past it they are refused at once.
LONGEST_QUEUE: Final = 2048
# Seconds that a call waits for a connection at most.
DEADLINE: Final = 1.0
RECONNECT_INTERVAL: Final = 0.1


class _Call:
    """One caller's arguments, and where its rows go."""

    __slots__ = ("arguments", "rows", "since", "tried")

    def __init__(self, arguments: Sequence[object], rows: asyncio.Future[list[Row]], since: float) -> None:
        self.arguments = arguments
        self.rows = rows
        self.since = since
        self.tried = False


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
        # In the order in which a connection takes them.
        self._waiting: dict[str, tuple[Statement, list[_Call]]] = {}
        self._queued = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._sweep: asyncio.TimerHandle | None = None
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
        if self._queued >= LONGEST_QUEUE:
            raise TimeoutError("too many calls wait for a connection")
        call = _Call(arguments, self._loop.create_future(), self._loop.time())
        call.tried = tried
        self._put(statement, [call])
        return call.rows

    def _put(self, statement: Statement, calls: list[_Call]) -> None:
        waiting = self._waiting.get(statement.name)
        if waiting is None:
            self._waiting[statement.name] = (statement, calls)
        else:
            waiting[1].extend(calls)
        self._queued += len(calls)
        if self._sweep is None:
            self._sweep = self._loop.call_later(DEADLINE / 4, self._refuse_late)

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
                statement, calls = self._take()
                if calls:
                    await self._run(connection, statement, calls)
        finally:
            if connection.is_closed():
                self._replace(connection)
            else:
                self._idle.append(connection)

    def _take(self) -> tuple[Statement, list[_Call]]:
        """The statement whose turn it is, and as many of its calls as may go together."""
        name = next(iter(self._waiting))
        statement, waiting = self._waiting.pop(name)
        self._queued -= len(waiting)
        waiting = [call for call in waiting if not call.rows.done()]
        taken, left = _split(waiting, statement) if "apart" in statement.notes else (waiting, [])
        taken, left = taken[:LARGEST_BATCH], taken[LARGEST_BATCH:] + left
        if left:
            # To the end of the line: no statement keeps the others waiting.
            self._waiting[name] = (statement, left)
            self._queued += len(left)
        return statement, taken

    async def _run(self, connection: Connection, statement: Statement, calls: list[_Call]) -> None:
        try:
            rows = await connection.fetch(
                statement.text, *[list(column) for column in zip(*[call.arguments for call in calls], strict=True)]
            )
        except Exception as error:  # noqa: BLE001
            await self._run_apart(connection, statement, calls, error)
            return
        shares: list[list[Row]] = [[] for _ in calls]
        for row in rows:
            shares[row[0] - 1].append(row)
        for call, share in zip(calls, shares, strict=True):
            if not call.rows.done():
                call.rows.set_result(share)

    async def _run_apart(
        self, connection: Connection, statement: Statement, calls: list[_Call], error: Exception
    ) -> None:
        """After a merged execution failed and so did nothing: each call gets what it would have got alone."""
        if is_lost(error, connection):
            self._retry_or_fail(statement, calls, error)
        elif len(calls) == 1:
            _fail(calls, error)
        else:
            for index, call in enumerate(calls):
                if connection.is_closed():
                    self._retry_or_fail(statement, calls[index:], error)
                    return
                if self._loop.time() - call.since > DEADLINE:
                    _fail([call], TimeoutError("the calls before took too long"))
                elif not call.rows.done():
                    await self._run(connection, statement, [call])

    def _retry_or_fail(self, statement: Statement, calls: list[_Call], error: Exception) -> None:
        """After a connection was lost: what may go again does, for as long as callers wait."""
        again = [call for call in calls if may_go_again(error, statement, tried=call.tried)]
        for call in again:
            call.tried = True
        _fail([call for call in calls if call not in again], error)
        if again:
            self._put(statement, again)

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
                    self._refuse_all(ConnectionError("the database is away"))
                await asyncio.sleep(RECONNECT_INTERVAL)
            else:
                self._open += 1
                self._away = False
                self._release(connection)
                return

    def _refuse_late(self) -> None:
        self._sweep = None
        oldest = self._loop.time() - DEADLINE
        for name, (statement, waiting) in list(self._waiting.items()):
            late = [call for call in waiting if call.since < oldest or call.rows.done()]
            if not late:
                continue
            _fail(late, TimeoutError("no connection came free in time"))
            self._queued -= len(late)
            rest = [call for call in waiting if not call.rows.done()]
            if rest:
                self._waiting[name] = (statement, rest)
            else:
                del self._waiting[name]
        if self._waiting:
            self._sweep = self._loop.call_later(DEADLINE / 4, self._refuse_late)

    def _refuse_all(self, error: Exception) -> None:
        for _, waiting in self._waiting.values():
            _fail(waiting, error)
        self._waiting.clear()
        self._queued = 0

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@cache
def _apart(names: str, parameters: tuple[str, ...]) -> Callable[[Sequence[object]], object]:
    """Key of a call that no other call in its execution may have: the parameters that a note `apart` names."""
    return itemgetter(*[parameters.index(name.strip()) for name in names.split(",")])


def _split(calls: list[_Call], statement: Statement) -> tuple[list[_Call], list[_Call]]:
    """Calls that may go together, the first of each key, and those that have to wait for them."""
    key = _apart(statement.notes["apart"], statement.parameters)
    keys: set[object] = set()
    together: list[_Call] = []
    later: list[_Call] = []
    for call in calls:
        own = key(call.arguments)
        (later if own in keys else together).append(call)
        keys.add(own)
    return together, later


def _fail(calls: list[_Call], error: Exception) -> None:
    for call in calls:
        if not call.rows.done():
            call.rows.set_exception(error)
