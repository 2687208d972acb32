"""Turns at decoding bodies: that holds up all requests of a worker, for milliseconds if one is long or full of faults.

Bodies are decoded at once, and what that took is remembered for some seconds. Past `BURST` a client is costly: all
costly ones together get a small part of the worker, each body in turn.
"""

import asyncio
from collections.abc import Callable
from time import perf_counter
from typing import Final, TypeVar

from api.costly_work import Debts, call_after_rest
from api.problems.problem import Problem
from api.problems.types import TOO_MANY_REQUESTS

# Bytes of a body that is decoded at once, whoever sends it; that takes less than the rest of its request.
SMALL: Final = 4 * 1024
# Seconds of the event loop, and those that are forgotten in each second.
BURST: Final = 0.1
RATE: Final = 0.02
# So that a client isn't costly for longer than some seconds.
MOST_REMEMBERED: Final = 0.3
# How many times as long as a costly client's body took, none of theirs is decoded then: they get a tenth of a worker.
REST: Final = 9.0
# Seconds that a body waits for its turn.
LONGEST_WAIT: Final = 1.0

T = TypeVar("T")
# An account's id; clients without an account are one.
Client = int | None


class Pacing:
    """Whose bodies took long, and who of those waits for a turn."""

    def __init__(self) -> None:
        self._debts = Debts[Client](burst=BURST, rate=RATE, most=MOST_REMEMBERED)
        self._is_resting = False
        self._waiting: list[tuple[Client, asyncio.Future[None]]] = []

    async def decode(self, client: Client, decode: Callable[[], T]) -> T:
        """What `decode` returns, when it's the client's turn.

        Raises:
            Problem: `too_many_requests`, if that didn't come within `LONGEST_WAIT`; or what `decode` raises.

        """
        is_costly = self._debts.is_costly(client)
        if is_costly:
            await self._take_turn(client)
        started = perf_counter()
        try:
            return decode()
        finally:
            took = perf_counter() - started
            self._debts.charge(client, took)
            if is_costly:
                call_after_rest(took * REST, self._next)

    async def _take_turn(self, client: Client) -> None:
        if not self._is_resting:
            self._is_resting = True
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        place = (client, turn)
        self._waiting.append(place)
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await turn
        except BaseException as error:
            if not turn.cancelled():
                self._next()
            elif place in self._waiting:
                self._waiting.remove(place)
            if isinstance(error, TimeoutError):
                # It has waited: a client that is refused at once would only ask again.
                raise Problem(TOO_MANY_REQUESTS) from None
            raise

    def _next(self) -> None:
        """Give the turn to who took least, of equals to who has waited longest."""
        while self._waiting:
            place = min(self._waiting, key=lambda place: self._debts.debt(place[0]))
            self._waiting.remove(place)
            if not place[1].done():
                place[1].set_result(None)
                return
        self._is_resting = False
