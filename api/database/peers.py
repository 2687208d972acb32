"""The kinds of connections of a worker to one server, which may have few left: those that are needed come first."""

import asyncio
from collections.abc import Callable
from math import inf
from typing import Final, Protocol

# Seconds between two connections that give way; it takes some milliseconds until another can have the place of one.
_PACE: Final = 0.2


class Kind(Protocol):
    """Connections of a kind; `open` is how many there are."""

    is_needed: bool

    @property
    def open(self) -> int: ...

    def give_way(self) -> None:
        """Have a connection replaced that can be done without."""


class Peers:
    """Has connections give way that can be done without, while one is needed and PostgreSQL has none left.

    A kind gets more than it needs while another's loss isn't noticed yet, or before PostgreSQL is given fewer.
    """

    def __init__(self, writes_wait: Callable[[], bool] = lambda: False) -> None:
        """Take what says whether writes wait for a connection of another kind."""
        self._writes_wait = writes_wait
        self._kinds: list[Kind] = []
        self._made_at = -inf

    def add(self, kind: Kind) -> None:
        """Add a kind; earlier ones give way first."""
        self._kinds.append(kind)

    @property
    def all_have_one(self) -> bool:
        """Whether each kind that is needed has a connection."""
        return all(kind.open for kind in self._kinds if kind.is_needed)

    def may_give_way(self, kind: Kind) -> bool:
        """Whether one is needed elsewhere, and a kind can do without one."""
        is_wanted = self._writes_wait() or not self.all_have_one
        return is_wanted and kind.open > kind.is_needed

    def make_room(self) -> bool:
        """Have one connection give way, if one is needed; whether that was done."""
        now = asyncio.get_running_loop().time()
        kind = next(filter(self.may_give_way, self._kinds), None)
        if kind is None or now - self._made_at < _PACE:
            return False
        self._made_at = now
        kind.give_way()
        return True
