"""Requests that come while many are in progress wait as bytes, so that the memory of those stays in fast caches."""

import asyncio
from collections import deque
from time import monotonic
from typing import Final, Protocol

from api.http1.admission import PATIENCE, ROOM_WAITS

# Requests in progress past which others wait. Each takes some 10 KB, and a core's own cache holds a megabyte or two.
CROWD: Final = 256
# Methods that only read; those of the other kind are changes.
READS: Final = frozenset({"GET", "HEAD"})
# Seconds between two looks at what waits. What has been in progress for longer than two of them doesn't count any more.
LOOK: Final = 0.05
_READ: Final = ("read",)

# How many are in progress of those requests that began between two looks.
Cohort = list[int]


class Held(Protocol):
    """A connection whose next request waits."""

    def read_held(self, since: float) -> bool:
        """Read what has waited `since` then; whether it still did."""


class Crowd:
    """Requests of one kind that are in progress, and connections whose next one waits, first come, first served.

    At 4,000 connections a request took a fifth more of the processor when all were parsed as they came, since each
    step of each one found its memory gone from the caches. A request that takes longer than others waits for something
    else than the processor, so it's no reason to have others wait. None waits for longer than `PATIENCE` and a `LOOK`.
    """

    def __init__(self) -> None:
        # The others have been in progress for long.
        self._newest: Cohort = [0]
        self._second: Cohort = [0]
        self.waiting: deque[tuple[float, Held]] = deque()
        self._is_reading = False
        self._is_looking = False

    @property
    def is_full(self) -> bool:
        """Whether a request has to wait that comes now."""
        return bool(self.waiting) or not self._has_room

    @property
    def _has_room(self) -> bool:
        return self._newest[0] + self._second[0] < CROWD

    def enter(self) -> Cohort:
        """Count a request that begins, with those that begin about now."""
        self._newest[0] += 1
        return self._newest

    def leave(self, cohort: Cohort) -> None:
        """Count a request no longer; others take its place, once what called this is done."""
        cohort[0] -= 1
        if self.waiting and not self._is_reading:
            self._is_reading = True
            asyncio.get_running_loop().call_soon(self._read)

    def hold(self, connection: Held) -> float:
        """Have what a connection received wait; since when it does."""
        since = monotonic()
        self.waiting.append((since, connection))
        if not self._is_looking:
            self._look_again()
        return since

    def _look_again(self) -> None:
        self._is_looking = True
        asyncio.get_running_loop().call_later(LOOK, self._look)

    def _look(self) -> None:
        """Read what has waited for too long, and what there is room for now."""
        self._is_looking = False
        self._newest, self._second = [0], self._newest
        before = monotonic() - PATIENCE
        try:
            while self.waiting and self.waiting[0][0] <= before:
                self._read_next()
            self._read()
        finally:
            if self.waiting:
                self._look_again()

    def _read(self) -> None:
        self._is_reading = False
        while self.waiting and self._has_room:
            self._read_next()

    def _read_next(self) -> None:
        since, connection = self.waiting.popleft()
        if connection.read_held(since):
            ROOM_WAITS.observe(monotonic() - since, _READ)
