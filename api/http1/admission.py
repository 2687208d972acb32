"""How many requests a worker works on at once; what is over that is refused before any work is done."""

from collections import deque
from typing import Final

# Seconds that a request may wait for others on average.
WAIT: Final = 0.25
# Requests that are always taken, so that a burst after a quiet time is.
FLOOR: Final = 1024
# Ticks whose best rate counts.
_REMEMBERED: Final = 8


class Admission:
    """Admits as many requests as are answered within `WAIT` seconds at the rate of the last ones.

    That is Little's law (A Proof for the Queuing Formula: L = λW, Operations Research 9, 1961): requests in progress
    are their rate times the time that each takes. When the database or the processor slows down the rate falls, and
    with it the limit.
    """

    def __init__(self) -> None:
        self.in_flight = 0
        self.limit = FLOOR
        self._answered = 0
        self._rates: deque[float] = deque(maxlen=_REMEMBERED)

    def end(self) -> None:
        """Count the end of an admitted request."""
        self.in_flight -= 1
        self._answered += 1

    def tick(self, seconds: float) -> None:
        """Adapt the limit to what was answered since the last tick, `seconds` ago."""
        self._rates.append(self._answered / seconds)
        self._answered = 0
        self.limit = max(FLOOR, int(max(self._rates) * WAIT))
