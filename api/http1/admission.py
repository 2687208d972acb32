"""How many requests a worker works on at once; what is over that is refused before any work is done."""

from collections import deque
from typing import Final

# Seconds that a request may wait for others on average.
WAIT: Final = 0.25
# Requests that are taken at once after a quiet time, and those that always are.
BURST: Final = 800
FLOOR: Final = 64
# Ticks whose best rate counts, and after which a burst is an overload.
_REMEMBERED: Final = 8
_LONGEST_BURST: Final = 2


class Admission:
    """Admits as many requests as are answered within `WAIT` seconds at the rate of the last ones.

    That is Little's law (A Proof for the Queuing Formula: L = λW, Operations Research 9, 1961): requests in progress
    are their rate times the time that each takes. When the database or the processor slows down the rate falls, and
    with it the limit. After a quiet time little is known of the rate, so a burst is taken, unless it lasts.
    """

    def __init__(self) -> None:
        self.in_flight = 0
        self.limit = BURST
        # The limit without a burst, which counts for requests that have waited already.
        self.sustained = FLOOR
        # Since that was last logged.
        self.refused = 0
        self._answered = 0
        self._rates: deque[float] = deque(maxlen=_REMEMBERED)
        # For how many ticks there have been more requests than are answered in time.
        self._ticks_over = 0

    def end(self) -> None:
        """Count the end of an admitted request."""
        self.in_flight -= 1
        self._answered += 1

    def tick(self, seconds: float) -> None:
        """Adapt the limit to what was answered since the last tick, `seconds` ago."""
        self._rates.append(self._answered / seconds)
        self._answered = 0
        self.sustained = sustained = max(FLOOR, int(max(self._rates) * WAIT))
        if self.in_flight > sustained:
            self._ticks_over += 1
        elif self.in_flight < sustained / 2:
            self._ticks_over = 0
        is_overload = self._ticks_over >= _LONGEST_BURST
        self.limit = sustained if is_overload else max(sustained, BURST)
