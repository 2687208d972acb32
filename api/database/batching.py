"""Merges concurrent calls of one statement into one execution.

A `:batch` statement is written over arrays: each of its parameters is an array with one element a call, and its first
column says to which call (1, 2, …) a row belongs. A call that finds a free connection is sent at once, alone. While all
connections are busy, calls queue; a connection that comes free takes the waiting calls of one statement together, once
the event loop has had a few rounds in which more could gather.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextvars import Context
from time import perf_counter
from typing import Any, Final

import asyncpg

from api.database.aliases import Connection, Row
from api.database.call_queue import Call, CallQueue, deliver, fail, is_late
from api.database.connections import close
from api.database.executions import callers_of, execute, note_execution, work_for
from api.database.keeper import Keeper
from api.database.lock_waits import LockWaits
from api.database.measures import HALVED, LOST, OUTDATED, count_retries, count_wait
from api.database.outdated import RENEWALS, is_outdated, run_again
from api.database.retries import Loss, find_loss
from api.database.shares import FAULT, LOCKED, SLOW, SLOW_CALL, Owner, Shares
from api.database.statements.files import Statement

# Runs a call with PostgreSQL's arguments where it holds up only other costly owners.
FetchBeside = Callable[[Statement, Sequence[object], Owner, int], Awaitable[list[Row]]]

# Rounds of the event loop that calls have to gather after an execution, unless as many as it answered wait before. It
# takes one to write answers, and some more until who got one has asked again.
GATHERING_ROUNDS: Final = 4

# Errors after which a statement did nothing, so that its calls may be run again.
_DID_NOTHING: Final = (asyncpg.PostgresError, asyncpg.InterfaceError)


class Batcher:
    """A few connections, kept open, that `:batch` statements run on.

    `fetch` may be called from any number of tasks of one event loop.
    """

    def __init__(self, keeper: Keeper, lock_waits: LockWaits, shares: Shares, fetch_beside: FetchBeside) -> None:
        """Take what opens the connections, waits for locks, knows shares, and runs costly calls."""
        self._keeper = keeper
        self._lock_waits = lock_waits
        self._shares = shares
        self._fetch_beside = fetch_beside
        self._idle: list[Connection] = []
        self._queue = CallQueue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def waiting(self) -> int:
        """Calls that wait for a connection."""
        return len(self._queue)

    @property
    def idle(self) -> int:
        """Connections that nothing uses."""
        return len(self._idle)

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
            await close(self._idle.pop())

    async def fetch(
        self, statement: Statement, arguments: Sequence[object], owner: Owner = None, turn: int = 0
    ) -> list[Row]:
        """Rows of one call; their first column, the number of the call in its batch, means nothing to the caller.

        `turn` is how many calls the owner had under way before.

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
            return await self._run_alone(connection, statement, arguments, owner, turn)
        return await self._enqueue(statement, arguments, owner, turn)

    async def _run_alone(
        self, connection: Connection, statement: Statement, arguments: Sequence[object], owner: Owner, turn: int
    ) -> list[Row]:
        columns = [[value] for value in arguments]
        count_wait(self._keeper.kind, 0.0)
        started = perf_counter()
        try:
            rows = await execute(connection, statement, columns)
        except asyncpg.LockNotAvailableError as error:
            self._shares.charge(owner, LOCKED)
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
        else:
            seconds = perf_counter() - started
            note_execution(statement, seconds, len(rows))
            if seconds > SLOW:
                self._charge(statement, [owner], [rows], seconds)
            return rows
        finally:
            self._release(connection)
        if locked is not None:
            return await self._lock_waits.fetch(statement, columns, locked)
        count_retries(statement, LOST)
        return await self._enqueue(statement, arguments, owner, turn, tried=True)

    def _enqueue(
        self, statement: Statement, arguments: Sequence[object], owner: Owner, turn: int, *, tried: bool = False
    ) -> asyncio.Future[list[Row]]:
        if self._keeper.away:
            raise self._keeper.refusal()
        return self._queue.add(statement, arguments, owner, turn, tried=tried).rows

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
                if self._shares.costly and (beside := [call for call in calls if self._shares.is_costly(call.owner)]):
                    calls = [call for call in calls if call not in beside]
                    for call in beside:
                        self._start(self._run_beside(statement, call))
                if calls:
                    count_wait(self._keeper.kind, self._loop.time() - calls[0].since)
                    await self._run(connection, statement, calls)
                if len(calls) > 1:
                    await self._gather(len(calls))
        finally:
            if connection.is_closed():
                self._replace(connection)
            else:
                self._idle.append(connection)

    async def _gather(self, answered: int) -> None:
        """Let calls gather, as who was just answered may be about to ask again.

        Rounds of the loop are short while it has little else to do, so nobody waits for callers that don't come.
        """
        for _ in range(GATHERING_ROUNDS):
            if len(self._queue) >= answered:
                break
            await asyncio.sleep(0)

    async def _run(
        self, connection: Connection, statement: Statement, calls: list[Call], renewals: int = RENEWALS
    ) -> None:
        columns = [list(column) for column in zip(*[call.arguments for call in calls], strict=True)]
        started = perf_counter()
        try:
            found = await execute(connection, statement, columns, calls=len(calls), callers=callers_of(calls))
            seconds = perf_counter() - started
            note_execution(statement, seconds, len(found), calls=len(calls), wait=started - calls[0].since)
            rows = deliver(calls, found)
            if seconds > max(SLOW, len(calls) * SLOW_CALL):
                self._charge(statement, [call.owner for call in calls], rows, seconds)
        except Exception as error:  # noqa: BLE001
            if renewals and is_outdated(error):
                count_retries(statement, OUTDATED, len(calls))
                await self._run(connection, statement, calls, renewals - 1)
                return
            if len(calls) == 1:
                locked = isinstance(error, asyncpg.LockNotAvailableError)
                self._shares.charge(calls[0].owner, LOCKED if locked else FAULT)
            if loss := find_loss(error, connection, statement):
                self._retry_or_fail(statement, calls, loss)
            elif isinstance(error, asyncpg.LockNotAvailableError) and (len(calls) == 1 or statement.reads_only):
                self._start(self._wait_for_lock(statement, calls, columns, error))
            elif len(calls) == 1 or not (statement.reads_only or isinstance(error, _DID_NOTHING)):
                fail(calls, error)
            else:
                count_retries(statement, HALVED, len(calls))
                await self._run_halves(connection, statement, calls)

    def _charge(
        self, statement: Statement, owners: Sequence[Owner], rows: Sequence[Sequence[Row]], seconds: float
    ) -> None:
        """After a slow execution, remember whose rows were large, and merge fewer calls of this statement."""
        self._queue.adapt(statement, len(owners), self._shares.charge_by_size(owners, rows, seconds))

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

    async def _run_beside(self, statement: Statement, call: Call) -> None:
        """Run a call whose owner became costly while it waited."""
        work_for([call])
        try:
            columns = [[argument] for argument in call.arguments]
            deliver([call], await self._fetch_beside(statement, columns, call.owner, call.turn))
        except Exception as failure:  # noqa: BLE001
            fail([call], failure)

    async def _wait_for_lock(
        self, statement: Statement, calls: list[Call], columns: Sequence[object], error: asyncpg.LockNotAvailableError
    ) -> None:
        work_for(calls)
        try:
            deliver(calls, await self._lock_waits.fetch(statement, columns, error))
        except Exception as failure:  # noqa: BLE001
            fail(calls, failure)

    def _retry_or_fail(self, statement: Statement, calls: list[Call], loss: Loss) -> None:
        """After a lost connection, queue the calls that may be run again, and fail the others."""
        again = [call for call in calls if loss.may_retry(tried=call.tried)]
        fail([call for call in calls if not loss.may_retry(tried=call.tried)], loss.error)
        count_retries(statement, LOST, len(again))
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
        # It's for many, and not only for the request that happens to begin it.
        task = self._loop.create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
