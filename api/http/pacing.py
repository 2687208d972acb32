"""Turns at decoding bodies: that holds up all requests of a worker, for milliseconds if one is long or full of faults.

Bodies are decoded at once, and what that took is remembered for some seconds. Past `BURST` a client is costly: all
costly ones together get a small part of the worker, each body in turn.
"""

import asyncio
from collections.abc import Callable
from time import thread_time
from typing import Final, TypeVar

from api.costly_work import Debts, call_after_rest
from api.problems.problem import Problem
from api.problems.types import TOO_MANY_REQUESTS

# Bytes of a body that is decoded at once, whoever sends it; if it's full of faults that counts all the same.
SMALL: Final = 4 * 1024
# Seconds of the event loop, and those that are forgotten in each second.
BURST: Final = 0.1
RATE: Final = 0.02
# So that a client isn't costly for longer than some seconds.
MOST_REMEMBERED: Final = 0.3
# Seconds that are charged for each byte of a small body that is refused; what else small ones take isn't measured.
SECONDS_A_BYTE: Final = 4e-7
# How many times as long as a costly client's body took, none of theirs is decoded then: they get a tenth of a worker.
# After one that took very long, others of them still come to their turns.
REST: Final = 9.0
LONGEST_REST: Final = 0.5
# Seconds that a body waits for its turn; and bodies that wait, of all and of one client, as they take memory and room.
LONGEST_WAIT: Final = 1.0
MOST_WAITING: Final = 32
MOST_OF_ONE: Final = 8
# Seconds after which one more is refused: a client that is refused at once only asks again.
REFUSED_AFTER: Final = 0.25

T = TypeVar("T")
# An account's id; clients without an account are one.
Client = int | None


class Pacing:
    """Whose bodies took long, and who of those waits for a turn."""

    def __init__(self) -> None:
        self._debts = Debts[Client](burst=BURST, rate=RATE, most=MOST_REMEMBERED)
        self._is_resting = False
        # In the order in which they came.
        self._waiting: dict[asyncio.Future[None], Client] = {}

    def is_costly(self, client: Client) -> bool:
        """Whether a client's bodies took more than its share lately."""
        return self._debts.is_costly(client)

    async def wait(self, client: Client) -> None:
        """Wait for a costly client's turn; `decode` has to be called then, before anything else is waited for.

        Raises:
            Problem: `too_many_requests`, if that didn't come within `LONGEST_WAIT`, or too many wait.

        """
        if not self._is_resting:
            self._is_resting = True
            return
        if len(self._waiting) >= MOST_WAITING or [*self._waiting.values()].count(client) >= MOST_OF_ONE:
            await asyncio.sleep(REFUSED_AFTER)
            raise Problem(TOO_MANY_REQUESTS)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[turn] = client
        try:
            async with asyncio.timeout(LONGEST_WAIT):
                await turn
        except BaseException as error:
            if turn in self._waiting:
                del self._waiting[turn]
            elif turn.done() and not turn.cancelled():
                # Its turn had come in the same moment.
                self._next()
            if isinstance(error, TimeoutError):
                raise Problem(TOO_MANY_REQUESTS) from None
            raise

    def decode(self, client: Client, decode: Callable[[], T], *, waited: bool) -> T:
        """What `decode` returns, or raises; `waited` for a costly client's turn."""
        # Time of the processor, as the thread may have lost it to others meanwhile.
        started = thread_time()
        try:
            return decode()
        finally:
            took = thread_time() - started
            self._debts.charge(client, took)
            if waited:
                call_after_rest(min(took * REST, LONGEST_REST), self._next)

    def charge_faults(self, client: Client, size: int) -> None:
        """Remember a small body that was refused, of so many bytes."""
        self._debts.charge(client, size * SECONDS_A_BYTE)

    def _next(self) -> None:
        """Give the turn to who took least, of equals to who has waited longest."""
        while self._waiting:
            turn = min(self._waiting, key=lambda turn: self._debts.debt(self._waiting[turn]))
            del self._waiting[turn]
            if not turn.done():
                turn.set_result(None)
                return
        self._is_resting = False
