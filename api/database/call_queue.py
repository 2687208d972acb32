"""Calls of `:batch` statements that wait for a connection, and how many callers may wait, for how long."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import itemgetter
from typing import Final

from api.database.aliases import Row
from api.database.statements.files import Statement

# Calls in one execution at most.
LARGEST_BATCH: Final = 128
# Callers that wait at most; more are refused at once. This bounds memory, and `DEADLINE` the wait. A much lower bound
# does harm: clients that ask again at once keep a worker busy with refusals, which cost as much as answers.
LONGEST_QUEUE: Final = 16_384
# Seconds that a caller waits for a connection at most.
DEADLINE: Final = 1.0


class Call:
    """One caller's arguments, and where its rows go.

    `since` is the loop's time when it began to wait, in seconds; `tried` says whether it was sent before.
    """

    __slots__ = ("arguments", "rows", "since", "tried")

    def __init__(self, arguments: Sequence[object], rows: asyncio.Future[list[Row]], since: float) -> None:
        self.arguments = arguments
        self.rows = rows
        self.since = since
        self.tried = False


class CallQueue:
    """Waiting calls by statement; the statement that has waited longest comes first, then the next."""

    def __init__(self) -> None:
        self._calls: dict[str, tuple[Statement, deque[Call]]] = {}
        self._count = 0
        self._sweep: asyncio.TimerHandle | None = None

    def __bool__(self) -> bool:
        return bool(self._calls)

    def add(self, statement: Statement, arguments: Sequence[object], *, tried: bool = False) -> Call:
        """Have a call wait, for `DEADLINE` at most.

        Raises:
            TimeoutError: too many wait already.

        """
        if self._count >= LONGEST_QUEUE:
            raise TimeoutError("too many calls wait for a connection")
        loop = asyncio.get_running_loop()
        call = Call(arguments, loop.create_future(), loop.time())
        call.tried = tried
        self.put(statement, [call])
        return call

    def put(self, statement: Statement, calls: list[Call]) -> None:
        """Have calls wait, or wait again."""
        if not calls:
            return
        waiting = self._calls.get(statement.name)
        if waiting is None:
            self._calls[statement.name] = (statement, deque(calls))
        else:
            waiting[1].extend(calls)
        self._count += len(calls)
        if self._sweep is None:
            self._sweep = asyncio.get_running_loop().call_later(DEADLINE / 4, self._refuse_late)

    def take(self) -> tuple[Statement, list[Call]]:
        """The statement whose turn it is, and as many of its calls as may go together: none if all callers gave up."""
        name = next(iter(self._calls))
        statement, waiting = self._calls.pop(name)
        self._count -= len(waiting)
        taken = _take(waiting, statement)
        if waiting:
            # To the end of the line: no statement keeps the others waiting.
            self._calls[name] = (statement, waiting)
            self._count += len(waiting)
        return statement, taken

    def refuse_all(self, error: Exception) -> None:
        """Give every call an error."""
        for _, waiting in self._calls.values():
            fail(waiting, error)
        self._calls.clear()
        self._count = 0

    def _refuse_late(self) -> None:
        self._sweep = None
        oldest = asyncio.get_running_loop().time() - DEADLINE
        for name, (statement, waiting) in list(self._calls.items()):
            fail((call for call in waiting if call.since < oldest), TimeoutError("no connection came free in time"))
            left = deque(call for call in waiting if not call.rows.done())
            self._count -= len(waiting) - len(left)
            if left:
                self._calls[name] = (statement, left)
            else:
                del self._calls[name]
        if self._calls:
            self._sweep = asyncio.get_running_loop().call_later(DEADLINE / 4, self._refuse_late)


def is_late(call: Call) -> bool:
    """Whether a call has waited for as long as it may."""
    return asyncio.get_running_loop().time() - call.since > DEADLINE


def deal(calls: Sequence[Call], rows: Sequence[Row]) -> None:
    """Give each call its rows, unless its caller gave up."""
    shares: list[list[Row]] = [[] for _ in calls]
    for row in rows:
        shares[row[0] - 1].append(row)
    for call, share in zip(calls, shares, strict=True):
        if not call.rows.done():
            call.rows.set_result(share)


def fail(calls: Iterable[Call], error: Exception) -> None:
    """Give calls an error, unless they have an answer or their callers gave up."""
    for call in calls:
        if not call.rows.done():
            call.rows.set_exception(error)


@cache
def _apart(names: tuple[str, ...], parameters: tuple[str, ...]) -> Callable[[Sequence[object]], object]:
    """Makes the key of a call's arguments; calls with the same key may not go together."""
    return itemgetter(*[parameters.index(name) for name in names])


def _take(waiting: deque[Call], statement: Statement) -> list[Call]:
    """Take the first calls that may go together, and drop those on the way whose callers gave up."""
    key = _apart(statement.apart, statement.parameters) if statement.apart else None
    keys: set[object] = set()
    together: list[Call] = []
    later: list[Call] = []
    while waiting and len(together) < LARGEST_BATCH:
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
