"""The queue of calls of `:batch` statements that wait for a connection, and its limits."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, Final

from api import telemetry
from api.database.aliases import Row
from api.database.shares import Owner, place_of
from api.database.statements.files import Statement

# Most calls in one execution.
MAX_BATCH: Final = 128
# Bytes that an execution should give at most, where that is foreseen.
MOST_BYTES: Final = 1024 * 1024
# Most calls that wait; more are refused at once. This bounds memory; `DEADLINE` bounds the wait. A much lower bound
# does harm, as clients that retry at once keep a worker busy with refusals, which cost as much as answers.
MAX_WAITING: Final = 16_384
# Longest wait for a connection, in seconds.
DEADLINE: Final = 1.0
_PLACE: Final = attrgetter("place")


class Call:
    """One call's arguments, and the future of its rows.

    `since` is the loop's time in seconds when it began to wait; `tried` says whether it was sent before. `turn` is how
    many calls its owner had under way before, and `place` what waiting calls are ordered by. While spans are recorded,
    `callers` are those of its request, if any.
    """

    __slots__ = ("arguments", "callers", "owner", "place", "rows", "since", "tried", "turn")

    callers: Sequence[Any]

    def __init__(
        self, arguments: Sequence[object], rows: asyncio.Future[list[Row]], since: float, owner: Owner, turn: int
    ) -> None:
        self.arguments = arguments
        self.rows = rows
        self.since = since
        self.owner = owner
        self.turn = turn
        # Kept, as of thousands that wait all are ordered for each execution.
        self.place = place_of(since, turn) if turn else since
        self.tried = False


class CallQueue:
    """Waiting calls by statement; statements take turns, the one that has waited longest first, and so do owners."""

    def __init__(self) -> None:
        # Kept, as asking for the running loop takes a quarter of a microsecond.
        self._loop = asyncio.get_running_loop()
        self._calls: dict[str, tuple[Statement, deque[Call]]] = {}
        self._count = 0
        self._sweep: asyncio.TimerHandle | None = None
        # Most calls of a statement in one execution, where that is fewer than `MAX_BATCH`.
        self._most: dict[str, int] = {}

    def __len__(self) -> int:
        return self._count

    def __bool__(self) -> bool:
        return bool(self._calls)

    def add(
        self,
        statement: Statement,
        arguments: Sequence[object],
        owner: Owner = None,
        turn: int = 0,
        *,
        tried: bool = False,
    ) -> Call:
        """Add a call, which waits for `DEADLINE` at most.

        Raises:
            TimeoutError: too many wait already.

        """
        if self._count >= MAX_WAITING:
            raise TimeoutError("too many calls wait for a connection")
        call = Call(arguments, self._loop.create_future(), self._loop.time(), owner, turn)
        call.tried = tried
        if telemetry.tracing is not None:
            call.callers = telemetry.tracing.callers
        if waiting := self._calls.get(statement.name):
            waiting[1].append(call)
            self._count += 1
        else:
            self.put(statement, [call])
        return call

    def put(self, statement: Statement, calls: list[Call]) -> None:
        """Add calls, or add them again."""
        if not calls:
            return
        waiting = self._calls.get(statement.name)
        if waiting is None:
            self._calls[statement.name] = (statement, deque(calls))
        else:
            waiting[1].extend(calls)
        self._count += len(calls)
        if self._sweep is None:
            self._sweep = self._loop.call_later(DEADLINE / 4, self._refuse_late)

    def take(self) -> tuple[Statement, list[Call]]:
        """The statement whose turn it is, and as many of its calls as may run together; none if all callers gave up."""
        name = next(iter(self._calls))
        statement, waiting = self._calls.pop(name)
        self._count -= len(waiting)
        most = self._most.get(name, MAX_BATCH)
        if len(waiting) > most:
            waiting = deque(sorted(waiting, key=_PLACE))
        taken = _take(waiting, statement, most)
        if waiting:
            # At the end, so that no statement keeps the others waiting.
            self._calls[name] = (statement, waiting)
            self._count += len(waiting)
        return statement, taken

    def adapt(self, statement: Statement, calls: int, size: int) -> None:
        """Have as many calls of a statement run together as give `MOST_BYTES`, after calls that gave `size` bytes."""
        most = calls * MOST_BYTES // max(size, 1)
        if most < MAX_BATCH:
            self._most[statement.name] = max(most, 1)
        else:
            self._most.pop(statement.name, None)

    def refuse_all(self, error: Exception) -> None:
        """Fail every call with an error."""
        for _, waiting in self._calls.values():
            fail(waiting, error)
        self._calls.clear()
        self._count = 0

    def _refuse_late(self) -> None:
        self._sweep = None
        oldest = self._loop.time() - DEADLINE
        for name, (statement, waiting) in list(self._calls.items()):
            fail((call for call in waiting if call.since < oldest), TimeoutError("no connection came free in time"))
            left = deque(call for call in waiting if not call.rows.done())
            self._count -= len(waiting) - len(left)
            if left:
                self._calls[name] = (statement, left)
            else:
                del self._calls[name]
        if self._calls:
            self._sweep = self._loop.call_later(DEADLINE / 4, self._refuse_late)


def is_late(call: Call) -> bool:
    """Whether a call has waited longer than `DEADLINE`."""
    return asyncio.get_running_loop().time() - call.since > DEADLINE


def deliver(calls: Sequence[Call], rows: Sequence[Row]) -> list[list[Row]]:
    """Give each call its rows, unless its caller gave up; returns each call's rows."""
    shares: list[list[Row]] = [[] for _ in calls]
    for row in rows:
        shares[row[0] - 1].append(row)
    for call, share in zip(calls, shares, strict=True):
        answer = call.rows
        if not answer.done():
            answer.set_result(share)
    return shares


def fail(calls: Iterable[Call], error: Exception) -> None:
    """Fail calls with an error, unless they have an answer or their callers gave up."""
    for call in calls:
        if not call.rows.done():
            call.rows.set_exception(error)


@cache
def _key_getter(names: tuple[str, ...], parameters: tuple[str, ...]) -> Callable[[Sequence[object]], object]:
    """Function that gives the key of a call's arguments; calls with the same key may not run together."""
    return itemgetter(*[parameters.index(name) for name in names])


def _take(waiting: deque[Call], statement: Statement, most: int) -> list[Call]:
    """Take the first calls that may run together, and drop calls whose callers gave up."""
    if not statement.apart and len(waiting) <= most:
        # As nearly always.
        taken = [call for call in waiting if not call.rows.done()]
        waiting.clear()
        return taken
    key = _key_getter(statement.apart, statement.parameters) if statement.apart else None
    keys: set[object] = set()
    together: list[Call] = []
    later: list[Call] = []
    while waiting and len(together) < most:
        call = waiting.popleft()
        if call.rows.done():
            continue
        if key is not None:
            own = key(call.arguments)
            if own in keys:
                later.append(call)
                continue
            keys.add(own)
        together.append(call)
    waiting.extendleft(reversed(later))
    return together
