"""Turns at work that takes long, fair by client."""

from asyncio import CancelledError, Future, get_running_loop
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.problems.problem import Problem
from api.problems.types import TOO_BUSY


class Turns:
    """Lets a few clients work at a time, each at one thing, while the others wait, a bounded number; they take turns.

    A client is whatever its name says, as a network. However many calls one makes, others wait for one of them at
    most, and if too many wait, the latest of whoever has most is refused.
    """

    def __init__(self, *, at_once: int, waiting: int, waiting_of_one: int) -> None:
        """Bound how many clients work at the same time, and how many calls wait, in all and of one client."""
        self._free = at_once
        self._limit = waiting
        self._limit_of_one = waiting_of_one
        self._working: set[str] = set()
        # In the order in which their turns come.
        self._queues: dict[str, deque[Future[None]]] = {}
        self._waiting = 0

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for a client's turn, which lasts as long as the block.

        Raises:
            Problem: `too_busy`, if too many of this client or of all wait.

        """
        if self._free and client not in self._working:
            self._begin(client)
        else:
            await self._wait(client)
        try:
            yield
        finally:
            self._end(client)

    async def _wait(self, client: str) -> None:
        mine = len(self._queues.get(client, ()))
        if mine >= self._limit_of_one:
            raise Problem(TOO_BUSY)
        if self._waiting >= self._limit:
            longest = max(self._queues, key=lambda other: len(self._queues[other]))
            if len(self._queues[longest]) <= mine + 1:
                raise Problem(TOO_BUSY)
            refused = self._remove(longest, self._queues[longest][-1])
            if not refused.done():
                refused.set_exception(Problem(TOO_BUSY))
        place = get_running_loop().create_future()
        self._queues.setdefault(client, deque()).append(place)
        self._waiting += 1
        try:
            await place
        except CancelledError:
            if place.cancelled():
                self._remove(client, place)
            elif place.exception() is None:
                # Its turn had come in the same moment.
                self._end(client)
            raise

    def _begin(self, client: str) -> None:
        self._free -= 1
        self._working.add(client)

    def _end(self, client: str) -> None:
        """End a client's turn, and begin those of the next clients that don't work already."""
        self._free += 1
        self._working.remove(client)
        for other in list(self._queues):
            if self._free and other not in self._working:
                self._begin_next(other)

    def _begin_next(self, client: str) -> None:
        """Begin a client's first call that isn't cancelled; its next one comes after those of all others."""
        while client in self._queues:
            place = self._remove(client, self._queues[client][0])
            if not place.done():
                self._begin(client)
                place.set_result(None)
                break
        if client in self._queues:
            self._queues[client] = self._queues.pop(client)

    def _remove(self, client: str, place: Future[None]) -> Future[None]:
        """Take a call out of the queue, if it's still there."""
        places = self._queues.get(client)
        if places and place in places:
            places.remove(place)
            self._waiting -= 1
            if not places:
                del self._queues[client]
        return place
