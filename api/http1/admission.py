"""How many requests a worker works on at once; what is over that waits for room, or is refused before any work."""

import asyncio
from collections import deque
from time import monotonic
from typing import Final, Protocol

from api.metrics import Histogram, Labels

# Seconds that a request may wait for others on average, once it's worked on.
WAIT: Final = 0.25
# Seconds that a request waits for room: the longer, the fewer refusals there are of clients that ask again at once.
PATIENCE: Final = 0.25
# Requests that are taken at once after a quiet time, and those that always are.
BURST: Final = 800
FLOOR: Final = 64
# Seconds that a burst may take at the best rate of an overload before it: half of what calls wait for a connection.
BURST_WAIT: Final = 0.5
# Least size of one, as an overload in which nothing was answered tells nothing.
LEAST_BURST: Final = 200
# Ticks whose best rate counts, and after which a burst is an overload.
_REMEMBERED: Final = 8
_LONGEST_BURST: Final = 2
# Ticks after an overload for which its rate is remembered.
_KNOWN: Final = 240
# Least seconds between two looks at who has waited for too long.
_LOOK: Final = 0.01
ROOM_WAITS: Final = Histogram(
    "nestwerk_http_room_wait_seconds",
    "Time that requests waited for room, of those for which there was none at once, until they were `admitted`,"
    " `refused` with too_busy, or found to be of a client that had `left`; and in a crowd, as bytes, until they were"
    " `read`.",
    "outcome",
    bounds=(0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 1.0),
)
_ADMITTED: Final = ("admitted",)
_REFUSED: Final = ("refused",)
_LEFT: Final = ("left",)


class Waiting(Protocol):
    """A request that waits for room."""

    @property
    def has_left(self) -> bool: ...
    def admit(self) -> None: ...
    def turn_away(self) -> None: ...


class Admission:
    """Admits as many requests as are answered within `WAIT` seconds at the rate of the last ones.

    That is Little's law (A Proof for the Queuing Formula: L = λW, Operations Research 9, 1961): requests in progress
    are their rate times the time that each takes. When the database or the processor slows down the rate falls, and
    with it the limit. After a quiet time little is known of the rate, so a burst is taken unless it lasts; for a minute
    after an overload, one that would have been answered in time then.

    What is over that waits, and takes the places of those that end, first come, first served; what has waited for
    `PATIENCE` seconds is refused. Clients that are refused at once ask again at once, and a worker busy with refusals
    answers less, so that it admits less. A request that waits for its client, to send more of the body, takes no room.
    """

    def __init__(self) -> None:
        self.in_flight = 0
        # Those that wait as bytes, and have room.
        self.held = 0
        self.limit = BURST
        # The limit without a burst, which counts for requests that have waited.
        self.sustained = FLOOR
        # Since that was last logged.
        self.refused = 0
        # In the order in which they came, each with the time when it did.
        self.waiting: deque[tuple[float, Waiting]] = deque()
        self._is_looking = False
        self._answered = 0
        self._rates: deque[float] = deque(maxlen=_REMEMBERED)
        # For how many ticks there have been more requests than are answered in time.
        self._ticks_over = 0
        # The best rate since the last overload began, and for how many ticks it counts still.
        self._capacity = 0.0
        self._ticks_known = 0

    @property
    def has_room(self) -> bool:
        """Whether a request is admitted that comes now."""
        return self.in_flight + self.held < self.limit and not self.waiting

    def end(self) -> None:
        """Count the end of an admitted request among those that tell the rate."""
        self._answered += 1
        self.leave()

    def leave(self) -> None:
        """Count an admitted request no longer, as it has ended or waits for its client; another one takes its place."""
        self.in_flight -= 1
        if self.waiting:
            self._admit()

    def put_off(self, request: Waiting) -> None:
        """Have a request wait for room."""
        self.waiting.append((monotonic(), request))
        if not self._is_looking:
            self._look_in(PATIENCE)

    def tick(self, seconds: float) -> None:
        """Adapt the limit to what was answered since the last tick, `seconds` ago."""
        self._rates.append(self._answered / seconds)
        self._answered = 0
        self.sustained = sustained = max(FLOOR, int(max(self._rates) * WAIT))
        if self.in_flight > sustained:
            self._ticks_over += 1
            if self._ticks_over == _LONGEST_BURST:
                self._capacity = 0.0
        elif self.in_flight < sustained / 2:
            self._ticks_over = 0
        self._learn()
        burst = min(BURST, max(LEAST_BURST, int(self._capacity * BURST_WAIT))) if self._ticks_known else BURST
        self.limit = sustained if self._ticks_over >= _LONGEST_BURST else max(sustained, burst)
        self._admit()

    def _learn(self) -> None:
        """Remember the best rate of an overload and of the minute after it."""
        self._ticks_known = _KNOWN if self._ticks_over >= _LONGEST_BURST else max(self._ticks_known - 1, 0)
        if len(self._rates) > 1:
            # Of two ticks, as a merged execution may answer what came in one of them in the next.
            self._capacity = max(self._capacity, (self._rates[-2] + self._rates[-1]) / 2)

    def _admit(self) -> None:
        """Admit those that have waited longest, as far as there is room."""
        while self.waiting and self.in_flight < self.sustained:
            if request := self._next(_ADMITTED):
                request.admit()

    def _next(self, outcome: Labels) -> Waiting | None:
        """Take the request that has waited longest; None if its client has left."""
        since, request = self.waiting.popleft()
        has_left = request.has_left
        ROOM_WAITS.observe(monotonic() - since, _LEFT if has_left else outcome)
        return None if has_left else request

    def _look_in(self, seconds: float) -> None:
        self._is_looking = True
        asyncio.get_running_loop().call_later(seconds, self._look)

    def _look(self) -> None:
        """Refuse those that have waited for too long, and look again when the next one will have."""
        now = monotonic()
        try:
            while self.waiting and now - self.waiting[0][0] >= PATIENCE:
                if request := self._next(_REFUSED):
                    request.turn_away()
        finally:
            self._is_looking = False
            if self.waiting:
                self._look_in(max(_LOOK, PATIENCE - (now - self.waiting[0][0])))
