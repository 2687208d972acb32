"""Work that costs others: who did how much of it lately, and rests in which others come first."""

import asyncio
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Final, Generic, TypeVar

Client = TypeVar("Client", bound=Hashable)

# Clients that are remembered before those without debts are forgotten.
_SWEEP: Final = 1024
# Seconds that a timer may be late before the event loop, or its processor, has more to do than it can.
LATE: Final = 0.005
# Seconds between two looks at that, and those after which a rest ends nevertheless.
LOOK: Final = 0.02
LONGEST: Final = 0.5


class Debts(Generic[Client]):
    """Seconds that each client took of what all share, as of a connection or the event loop.

    That is a leaky bucket: they are forgotten at a rate.
    """

    def __init__(self, *, burst: float, rate: float, most: float) -> None:
        """Take the seconds past which a client is costly, those forgotten in each second, and most remembered ones."""
        self._burst = burst
        self._rate = rate
        self._most = most
        # Seconds that a client took, and the moment that this is true of.
        self._taken: dict[Client, tuple[float, float]] = {}
        # Clients that were costly when they were last charged; mostly there are none.
        self.costly: set[Client] = set()

    def charge(self, client: Client, seconds: float) -> None:
        """Remember what a client took."""
        now = monotonic()
        taken = min(self._debt(client, now) + seconds, self._most)
        self._taken[client] = (taken, now)
        if taken > self._burst:
            self.costly.add(client)
        if len(self._taken) > _SWEEP:
            self._taken = {each: taken for each, taken in self._taken.items() if self._debt(each, now) > 0}
            self.costly &= self._taken.keys()

    def is_costly(self, client: Client) -> bool:
        """Whether a client took more than its share lately."""
        if client not in self.costly:
            return False
        if self.debt(client) > self._burst:
            return True
        self.costly.discard(client)
        return False

    def debt(self, client: Client) -> float:
        """Seconds that a client took and that aren't forgotten yet."""
        return self._debt(client, monotonic())

    def _debt(self, client: Client, now: float) -> float:
        seconds, since = self._taken.get(client, (0.0, now))
        return max(seconds - (now - since) * self._rate, 0.0)


def call_after_rest(seconds: float, then: Callable[[], None]) -> None:
    """Call `then` in so many seconds, or once the event loop is on time again, up to `LONGEST` seconds later."""
    loop = asyncio.get_running_loop()
    due = loop.time() + seconds
    loop.call_at(due, _look, loop, due, due + LONGEST, then)


def _look(loop: asyncio.AbstractEventLoop, due: float, end: float, then: Callable[[], None]) -> None:
    now = loop.time()
    if now - due < LATE or now >= end:
        then()
    else:
        loop.call_at(now + LOOK, _look, loop, now + LOOK, end, then)
