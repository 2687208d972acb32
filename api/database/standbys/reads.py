"""Runs reads on standbys, which show whatever was confirmed before they began.

Before an execution it's asked how far the log is safe (`confirmed.py`), once for all calls in it. A standby that has
replayed as much answers; one that doesn't within some milliseconds is left alone, and the leader answers.
"""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from contextvars import Context
from operator import attrgetter
from time import perf_counter
from typing import Any, Final

import asyncpg

from api.database.aliases import Row
from api.database.call_queue import MOST_BYTES, Call, CallQueue, deliver, fail
from api.database.executions import note_execution
from api.database.shares import SLOW, SLOW_CALL, Owner, Shares
from api.database.standbys.absence import absence
from api.database.standbys.confirmed import Confirmed, Elsewhere
from api.database.standbys.standby import CATCH_UP, Behind, Standby
from api.database.statements.files import Statement
from api.metrics import Counter

logger = logging.getLogger(__name__)

# Seconds between two looks at all servers, and that the first one waits for their connections.
INTERVAL: Final = 0.2
_START: Final = 1.0
# Seconds that calls wait for servers once they have been taken from the queue; then the leader answers them.
PATIENCE: Final = 0.75
# Seconds that the only standby gets to catch up while there's no leader.
_CATCH_UP_ALONE: Final = 0.25
_READS: Final = Counter(
    "nestwerk_standby_calls_total", "Reads that a standby answered, or that went on to the leader.", "host"
)
# What is wrong with the call, and not with the server.
_OF_THE_CALL: Final = (Elsewhere, asyncpg.DataError, ValueError)


class StandbyReads:
    """Reads of a worker on standbys."""

    def __init__(self, confirmed: Confirmed, standbys: Sequence[Standby], shares: Shares) -> None:
        """Take what knows how far the log is safe, the standbys, and shares."""
        self._confirmed = confirmed
        self._standbys = standbys
        self._shares = shares
        self._queue = CallQueue()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    def open(self) -> list[asyncio.Event]:
        """Begin to open the connections; the events say that each first attempt has ended."""
        self._loop = asyncio.get_running_loop()
        events = [self._confirmed.open(), *(event for each in self._standbys for event in each.open(self.hand_out))]
        self._tending = self._loop.create_task(self._tend(events), context=Context())
        return events

    async def close(self) -> None:
        """Let running executions finish, then close the connections."""
        self._closing = True
        self._queue.refuse_all(Elsewhere())
        self._tending.cancel()
        await asyncio.gather(self._tending, *self._tasks, return_exceptions=True)
        await self._confirmed.close()
        for standby in self._standbys:
            await standby.close()

    async def fetch(self, statement: Statement, arguments: Sequence[object], owner: Owner, turn: int) -> list[Row]:
        """Rows of one call; `turn` is how many the owner had under way before.

        Raises:
            Elsewhere: no standby answers, none came free in time, or the statement failed there.
            TimeoutError: too many calls wait.

        """
        if self._closing or not any(standby.usable for standby in self._standbys):
            raise Elsewhere
        if not statement.batch:
            # It runs for one call at a time.
            self._queue.adapt(statement, 1, MOST_BYTES)
        call = self._queue.add(statement, arguments, owner, turn)
        self.hand_out()
        try:
            return await call.rows
        except TimeoutError:
            raise Elsewhere from None

    @property
    def is_alone(self) -> bool:
        """Whether no leader answers."""
        return absence.since is not None

    async def settled(self) -> None:
        """Wait until the leader shows what standbys have shown so far."""
        with suppress(TimeoutError):
            await self._confirmed.settled()

    def hand_out(self) -> None:
        """Give waiting calls to standbys that are free, the fastest first; if none can be used, fail them."""
        usable = [standby for standby in self._standbys if standby.usable]
        if not usable or self._closing:
            self._queue.refuse_all(Elsewhere())
        free = sorted((standby for standby in usable if not standby.busy), key=attrgetter("cost"))
        # Each takes all that wait, so others find none.
        if free and self._queue:
            free[0].busy = True
            self._start(self._drain(free[0]))

    async def _drain(self, standby: Standby) -> None:
        try:
            while self._queue and standby.usable:
                statement, calls = self._queue.take()
                if calls:
                    await self._run(standby, statement, calls)
        finally:
            standby.busy = False
            self.hand_out()

    async def _run(self, standby: Standby, statement: Statement, calls: list[Call]) -> None:
        arguments: Sequence[Any] = calls[0].arguments
        if statement.batch:
            arguments = [list(column) for column in zip(*[call.arguments for call in calls], strict=True)]
        try:
            async with asyncio.timeout(PATIENCE):
                target = await self._confirmed.position()
                is_last = self.is_alone and not any(each.usable for each in self._standbys if each is not standby)
                await standby.reach(target, self._confirmed.database, _CATCH_UP_ALONE if is_last else CATCH_UP)
                started = perf_counter()
                found = await standby.execute(statement, arguments, calls)
        except Exception as error:  # noqa: BLE001
            self._move_on(standby, statement, calls, error)
            return
        seconds = perf_counter() - started
        note_execution(statement, seconds, len(found), calls=len(calls), wait=started - calls[0].since)
        _READS.add(standby.name, amount=len(calls))
        if not statement.batch:
            if not calls[0].rows.done():
                calls[0].rows.set_result(found)
            return
        rows = deliver(calls, found)
        if seconds > max(SLOW, len(calls) * SLOW_CALL):
            owners = [call.owner for call in calls]
            self._queue.adapt(statement, len(calls), self._shares.charge_by_size(owners, rows, seconds))

    def _move_on(self, standby: Standby, statement: Statement, calls: list[Call], error: Exception) -> None:
        """After a standby couldn't answer, have the leader do so, or without one another standby."""
        is_its_fault = not isinstance(error, _OF_THE_CALL)
        if is_its_fault:
            standby.rest()
        if is_its_fault and not isinstance(error, Behind):
            told = {"error": type(error).__name__, "sqlstate": getattr(error, "sqlstate", None)}
            kind = ("standby_failed", standby.name, type(error))
            extra = {"event": "standby_failed", "kind": kind, **told}
            logger.info("standby %s didn't answer", standby.name, extra=extra)
        may_repeat = is_its_fault and self.is_alone
        left = [call for call in calls if call.tried or not may_repeat]
        again = [call for call in calls if may_repeat and not call.tried]
        for call in again:
            call.tried = True
        self._queue.put(statement, again)
        _READS.add("leader", amount=len(left))
        fail(left, Elsewhere())

    async def _tend(self, opening: Sequence[asyncio.Event]) -> None:
        """Look at all servers again and again, from when their first connections have been tried."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_START):
                for event in opening:
                    await event.wait()
        while True:
            await self._confirmed.look_around()
            self.hand_out()
            await asyncio.sleep(INTERVAL)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        # It's for many, and not only for the request that happens to begin it.
        task = self._loop.create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
