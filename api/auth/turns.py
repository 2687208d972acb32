"""Turns at work that takes long, fair by client."""

from asyncio import CancelledError, Future, get_running_loop
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.problems.problem import Problem
from api.problems.types import TOO_BUSY


class Turns:
    """Lets a few callers work at a time, while the others wait, a bounded number; clients take turns.

    A client is whatever its name says, as a network. However many calls one makes, others wait for one of them at
    most, and if too many wait, the latest of whoever has most is refused.
    """

    def __init__(self, *, at_once: int, waiting: int, waiting_of_one: int) -> None:
        """Bound who works at the same time, who waits, and who waits of one client."""
        self._free = at_once
        self._limit = waiting
        self._limit_of_one = waiting_of_one
        # In the order in which their turns come.
        self._queues: dict[str, deque[Future[None]]] = {}
        self._waiting = 0

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for a client's turn, which lasts as long as the block.

        Raises:
            Problem: `too_busy`, if too many of this client or of all wait.

        """
        if self._free:
            self._free -= 1
        else:
            await self._wait(client)
        try:
            yield
        finally:
            self._pass_on()

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
                self._pass_on()
            raise

    def _pass_on(self) -> None:
        """Give the turn to the next client's first call, and move that client to the end."""
        while self._queues:
            client, places = next(iter(self._queues.items()))
            place = self._remove(client, places[0])
            if places:
                self._queues[client] = self._queues.pop(client)
            if not place.done():
                place.set_result(None)
                return
        self._free += 1

    def _remove(self, client: str, place: Future[None]) -> Future[None]:
        """Take a call out of the queue, if it's still there."""
        places = self._queues.get(client)
        if places and place in places:
            places.remove(place)
            self._waiting -= 1
            if not places:
                del self._queues[client]
        return place
