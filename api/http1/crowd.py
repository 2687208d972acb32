"""Requests that come while many are in progress wait as bytes, so that the memory of those stays in fast caches."""

import asyncio
from collections import deque
from time import monotonic
from typing import Final, Protocol

from api.http1.admission import PATIENCE, ROOM_WAITS

# Requests in progress past which others wait. Each takes some 10 KB, and a core's own cache holds a megabyte or two.
CROWD: Final = 256
_READ: Final = ("read",)


class Held(Protocol):
    """A connection whose next request waits."""

    def read_held(self, since: float) -> bool:
        """Read the request, which has waited for room `since` then; whether it still waited."""


class Crowd:
    """Requests of one kind that are in progress, and connections whose next one waits, first come, first served.

    At 4,000 connections a request took a fifth more of the processor when all were parsed as they came, since each
    step of each one found its memory gone from the caches. What hasn't moved between two ticks waits for something
    else than the processor, so it's no reason to have others wait. None waits for longer than `PATIENCE`.
    """

    def __init__(self) -> None:
        self.in_progress = 0
        # Of those, how many have been since before the last tick but one.
        self.standing = 0
        self.waiting: deque[tuple[float, Held]] = deque()
        self._is_reading = False
        self._is_looking = False

    @property
    def is_full(self) -> bool:
        """Whether a request has to wait that comes now."""
        return bool(self.waiting) or not self._has_room

    @property
    def _has_room(self) -> bool:
        return self.in_progress - self.standing < CROWD

    def hold(self, connection: Held) -> None:
        """Have what a connection received wait."""
        self.waiting.append((monotonic(), connection))
        if not self._is_looking:
            self._is_looking = True
            asyncio.get_running_loop().call_later(PATIENCE, self._look)

    def leave(self) -> None:
        """Count a request no longer; others take its place, once what called this is done."""
        self.in_progress -= 1
        self.go_on()

    def go_on(self) -> None:
        """Read what waits, as far as there's room for it."""
        if self.waiting and not self._is_reading:
            self._is_reading = True
            asyncio.get_running_loop().call_soon(self._read)

    def _read(self) -> None:
        self._is_reading = False
        while self.waiting and self._has_room:
            self._read_next()

    def _look(self) -> None:
        """Read what has waited for too long, and look again when the next one will have."""
        now = monotonic()
        self._is_looking = False
        try:
            while self.waiting and now - self.waiting[0][0] >= PATIENCE:
                self._read_next()
        finally:
            if self.waiting:
                self._is_looking = True
                left = PATIENCE - (now - self.waiting[0][0])
                asyncio.get_running_loop().call_later(max(left, 0), self._look)

    def _read_next(self) -> None:
        since, connection = self.waiting.popleft()
        if connection.read_held(since):
            ROOM_WAITS.observe(monotonic() - since, _READ)
