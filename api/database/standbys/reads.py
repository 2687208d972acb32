"""Runs reads on standbys, which show whatever was confirmed before they began.

Before an execution the leader is asked how far its log is safe, once for all calls in it: whatever any client was told
is before that. A standby that has replayed as much answers; one that doesn't within some milliseconds is left alone,
and the leader answers. This is ReadIndex of Raft (Ongaro, Consensus: Bridging Theory and Practice, 2014, 6.4), so
clients carry no positions.

While no leader answers, what standbys have received stands for it: where all that can confirm a commit are there, the
one that has most has it all, and answers; else nobody does, save for as long as callers are remembered.

A standby may show a transaction a moment before the leader does, which still waits for the standby's word. So that a
client that saw it there doesn't miss it on the leader, reads that go on there wait until the leader shows it.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Coroutine, Sequence
from contextvars import Context
from time import perf_counter
from typing import Any, Final

from api.database.aliases import Row
from api.database.call_queue import MOST_BYTES, Call, CallQueue, deliver, fail
from api.database.executions import note_execution
from api.database.keeper import Keeper
from api.database.shares import SLOW, SLOW_CALL, Owner, Shares
from api.database.standbys import standby as states
from api.database.standbys.absence import absence
from api.database.standbys.asking import Merged, Watched
from api.database.standbys.positions import Place, Position, read_confirming, read_snapshot
from api.database.standbys.standby import Behind, Standby, by_cost
from api.database.statements.files import Statement
from api.metrics import Counter

logger = logging.getLogger(__name__)

# Seconds between two looks at all servers.
INTERVAL: Final = 0.2
# Places of the leader that are remembered, to know how far behind a standby is.
_REMEMBERED: Final = 600
# Seconds that a standby's answers are believed without its quorum after the leader was last heard; a caller who is
# remembered counts as long.
UNPROVEN: Final = 5.0
# Seconds that a read waits until the leader shows what standbys show; commits take less to be confirmed.
SETTLE: Final = 0.05
_READS: Final = Counter(
    "nestwerk_standby_calls_total", "Reads that a standby answered, or that went on to the leader.", "host"
)


class Elsewhere(Exception):  # noqa: N818
    """No standby can answer a read, so the leader has to."""


class StandbyReads:
    """Reads of a worker on standbys."""

    def __init__(self, leader: Keeper, standbys: Sequence[Standby], shares: Shares, most_behind: float) -> None:
        """Take what keeps a connection to the leader, the standbys, shares, and how many seconds they may be behind."""
        self._leader = Watched(leader, leads=True)
        self._standbys = standbys
        self._shares = shares
        self._most_behind = most_behind
        self._queue = CallQueue()
        # Those that commits wait for, as far as is known.
        self._confirming: frozenset[str] | None = None
        # Where the leader was, and when, in the loop's time; no entry has a lower position than the one before it.
        self._history: deque[tuple[float, Position]] = deque(maxlen=_REMEMBERED)
        self._settling = Merged(self._settle)
        self._confirmed = Merged(self._find_confirmed)
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    def open(self) -> list[asyncio.Event]:
        """Begin to open the connections; the events say that each first attempt has ended."""
        self._loop = asyncio.get_running_loop()
        events = [self._leader.open(), *(event for each in self._standbys for event in each.open(self.hand_out))]
        self._start(self._tend(events))
        return events

    async def close(self) -> None:
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._queue.refuse_all(Elsewhere())
        await self._leader.close()
        for standby in self._standbys:
            await standby.close()

    async def fetch(self, statement: Statement, arguments: Sequence[object], owner: Owner, turn: int) -> list[Row]:
        """Rows of one call; `turn` is how many the owner had under way before.

        Raises:
            Elsewhere: no standby answers, or the statement failed there.
            TimeoutError: too many calls wait, or no standby came free in time.

        """
        if not any(standby.usable for standby in self._standbys):
            raise Elsewhere
        if not statement.batch:
            # It runs for one call at a time.
            self._queue.adapt(statement, 1, MOST_BYTES)
        call = self._queue.add(statement, arguments, owner, turn)
        self.hand_out()
        return await call.rows

    @property
    def is_alone(self) -> bool:
        """Whether no leader answers."""
        return absence.since is not None

    async def settled(self) -> None:
        """Wait until the leader shows what standbys have shown so far."""
        await self._settling.ask()

    def hand_out(self) -> None:
        """Give waiting calls to standbys that are free, the fastest first; if none can be used, fail them."""
        usable = [standby for standby in self._standbys if standby.usable]
        if not usable:
            self._queue.refuse_all(Elsewhere())
        free = sorted((standby for standby in usable if not standby.busy), key=by_cost)
        # Each takes all that wait, so others find none.
        if free and self._queue and not self._closing:
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
            await standby.reach(await self._needed())
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
        is_its_fault = not isinstance(error, Elsewhere)
        if is_its_fault:
            standby.rest()
        if is_its_fault and not isinstance(error, Behind):
            told = {"error": type(error).__name__, "sqlstate": getattr(error, "sqlstate", None)}
            kind = ("standby_failed", standby.name, type(error))
            extra = {"event": "standby_failed", "kind": kind, **told}
            logger.info("standby %s didn't answer", standby.name, extra=extra)
        again = [call for call in calls if is_its_fault and self.is_alone and not call.tried]
        for call in again:
            call.tried = True
        self._queue.put(statement, again)
        left = [call for call in calls if call not in again]
        _READS.add("leader", amount=len(left))
        fail(left, Elsewhere())

    async def _needed(self) -> Position:
        """A position that whatever was confirmed until now is before.

        Raises:
            Elsewhere: that isn't known.

        """
        place = await self._ask_leader()
        return await self._confirmed.ask() if place is None else _position(place)

    async def _ask_leader(self) -> Place | None:
        try:
            place = await self._leader.ask()
        except Exception:  # noqa: BLE001
            absence.begin()
            return None
        absence.end()
        return place

    async def _find_confirmed(self) -> Position:
        """What standbys have received, if one of them has all that was confirmed."""
        places = zip(self._standbys, await asyncio.gather(*(each.look() for each in self._standbys)), strict=True)
        followers = [each for each, place in places if place is not None and self._is_counted(each)]
        most = max((each.received for each in followers), default=Position(0, 0))
        if self._confirming and self._confirming <= {(each.called or "").lower() for each in followers}:
            return most
        # Without a quorum the leader's last place is the best that is known.
        heard, last = self._history[-1] if self._history else (-UNPROVEN, Position(0, 0))
        if self._loop.time() - heard < UNPROVEN and most >= last:
            return most
        raise Elsewhere

    async def _tend(self, opening: Sequence[asyncio.Event]) -> None:
        """Look at all servers again and again, from when their first connections have been tried."""
        for event in opening:
            await event.wait()
        while True:
            place = await self._ask_leader()
            if place is not None:
                self._confirming = read_confirming(place.waits_for)
                position = _position(place)
                if self._history and position < self._history[-1][1]:
                    self._history.clear()
                self._history.append((self._loop.time(), position))
            await asyncio.gather(*(standby.look() for standby in self._standbys))
            for standby in self._standbys:
                standby.turn(self._state(standby))
            self.hand_out()
            await asyncio.sleep(INTERVAL)

    def _state(self, standby: Standby) -> str:
        if standby.place is None:
            return states.AWAY
        if not standby.place.follows:
            return states.LEADS
        if standby.position.timeline == 0:
            return states.UNSEEN
        if not self._is_counted(standby):
            return states.UNCOUNTED
        standby.lag = self._lag(standby)
        return states.BEHIND if standby.lag > self._most_behind else states.FOLLOWS

    def _is_counted(self, standby: Standby) -> bool:
        """Whether a standby shows nothing that isn't confirmed yet, as it confirms commits itself, or nobody does."""
        names = self._confirming
        return names is not None and (not names or "*" in names or (standby.called or "").lower() in names)

    def _lag(self, standby: Standby) -> float:
        """Seconds since the leader was where a standby is, as far as that is remembered."""
        if self.is_alone:
            return 0.0
        position = standby.position
        passed = next((time for time, there in self._history if there > position), self._loop.time())
        return self._loop.time() - passed

    async def _settle(self) -> None:
        await asyncio.gather(*(standby.look() for standby in self._standbys))
        shown = [
            read_snapshot(each.place.snapshot).xmax
            for each in self._standbys
            if each.place is not None and each.state != states.LEADS
        ]
        most, deadline = max(shown, default=0), self._loop.time() + SETTLE
        waits_for: frozenset[int] | None = None
        while (place := await self._ask_leader()) is not None and self._loop.time() < deadline:
            snapshot = read_snapshot(place.snapshot)
            under_way = frozenset(each for each in snapshot.under_way if each < most)
            waits_for = under_way if waits_for is None else waits_for & under_way
            if not waits_for and snapshot.xmax >= most:
                return

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        # It's for many, and not only for the request that happens to begin it.
        task = self._loop.create_task(work, context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _position(place: Place) -> Position:
    """A leader's position."""
    return Position(place.timeline or 0, place.replayed or 0)
