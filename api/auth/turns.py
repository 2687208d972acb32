"""Turns at work that takes long, fair by client."""

from asyncio import CancelledError, Future, get_running_loop
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.problems.problem import Problem
from api.problems.types import TOO_BUSY


class Turns:
    """Lets a few clients work at a time, each at one thing, while the others wait, a bounded number; they take turns.

    A client is whatever its name says, as a network, and so is the group that it's in, as the networks that one hand
    may hold. Groups take turns, and so do the clients of one: however many calls or clients a group makes, others wait
    for one of its calls at most. If too many wait, the latest of whoever has most is refused, in the group with most.
    """

    def __init__(self, *, at_once: int, waiting: int, waiting_of_one: int) -> None:
        """Bound how many clients work at the same time, and how many calls wait, in all and of one client."""
        self._free = at_once
        self._limit = waiting
        self._limit_of_one = waiting_of_one
        self._working: set[str] = set()
        # By group and client, in the order in which their turns come. While a place is free, they are of clients
        # that work.
        self._queues: dict[str, dict[str, deque[Future[None]]]] = {}
        self._waiting = 0

    def __len__(self) -> int:
        return self._waiting

    @asynccontextmanager
    async def turn(self, client: str, group: str) -> AsyncIterator[None]:
        """Wait for a client's turn, which lasts as long as the block.

        Raises:
            Problem: `too_busy`, if too many of this client or of all wait.

        """
        if self._free and client not in self._working:
            self._begin(client)
        else:
            await self._wait(client, group)
        try:
            yield
        finally:
            self._end(client)

    async def _wait(self, client: str, group: str) -> None:
        if self._count(client, group) >= self._limit_of_one:
            raise Problem(TOO_BUSY)
        if self._waiting >= self._limit:
            self._make_room(client, group)
        place = get_running_loop().create_future()
        self._queues.setdefault(group, {}).setdefault(client, deque()).append(place)
        self._waiting += 1
        try:
            await place
        except CancelledError:
            if place.cancelled():
                self._remove(client, group, place)
            elif place.exception() is None:
                # Its turn had come in the same moment.
                self._end(client)
            raise

    def _count(self, client: str, group: str) -> int:
        return len(self._queues.get(group, {}).get(client, ()))

    def _count_group(self, group: str) -> int:
        return sum(map(len, self._queues.get(group, {}).values()))

    def _make_room(self, client: str, group: str) -> None:
        """Refuse a call of who has more than this client would have then; if nobody has, this client is refused."""
        # Of equals the one whose turn comes last.
        largest = max(reversed(self._queues), key=self._count_group)
        if self._count_group(largest) > self._count_group(group) + 1:
            group, mine = largest, 0
        else:
            mine = self._count(client, group) + 1
        clients = self._queues.get(group, {client: deque()})
        longest = max(reversed(clients), key=lambda other: self._count(other, group))
        if self._count(longest, group) <= mine:
            raise Problem(TOO_BUSY)
        refused = self._remove(longest, group, self._queues[group][longest][-1])
        if not refused.done():
            refused.set_exception(Problem(TOO_BUSY))

    def _begin(self, client: str) -> None:
        self._free -= 1
        self._working.add(client)

    def _end(self, client: str) -> None:
        """End a client's turn, and begin that of the next client that doesn't work already."""
        self._free += 1
        self._working.remove(client)
        for group, clients in list(self._queues.items()):
            for other in list(clients):
                if other not in self._working and self._begin_next(other, group):
                    return

    def _begin_next(self, client: str, group: str) -> bool:
        """Begin a client's first call that isn't cancelled, if there is one; its next one comes after all others'."""
        begun = False
        while not begun and self._count(client, group):
            place = self._remove(client, group, self._queues[group][client][0])
            if not place.done():
                self._begin(client)
                place.set_result(None)
                begun = True
        if group in self._queues:
            clients = self._queues[group] = self._queues.pop(group)
            if client in clients:
                clients[client] = clients.pop(client)
        return begun

    def _remove(self, client: str, group: str, place: Future[None]) -> Future[None]:
        """Take a call out of the queue, if it's still there."""
        clients = self._queues.get(group, {})
        places = clients.get(client)
        if places and place in places:
            places.remove(place)
            self._waiting -= 1
            if not places:
                del clients[client]
            if not clients:
                del self._queues[group]
        return place
