"""Turns of callers at a few connections."""

import asyncio
from bisect import insort
from typing import Final, NamedTuple

from api.costly_work import call_after_rest
from api.database.call_queue import DEADLINE, MAX_WAITING
from api.database.shares import Owner, ShareExceeded, Shares, place_of

# Connections that one owner may have at the same time, as two of its calls may wait for the same lock.
MOST_AT_ONCE: Final = 1
# What is charged of the time that a call took, as some of it is waiting: for the disk, or for its turn at a processor.
SINGLE_CHARGE: Final = 0.5
# Most seconds that are charged for one, so that who once waited long for a lock isn't costly.
MOST_CHARGED: Final = 0.04
# How many times as long as a costly call took the place of costly calls then rests. Where no other owner waits for it,
# only what a call took beyond `UNRESTED` seconds counts.
REST: Final = 2.0
UNRESTED: Final = 0.02


class _Waiting(NamedTuple):
    """A caller that waits; they are ordered by place, then by number."""

    place: float
    number: int
    owner: Owner
    started: "asyncio.Future[Turn]"


class Turn(NamedTuple):
    """A caller's place at a connection; `beside` if it's that of costly owners. `since` is the loop's time."""

    owner: Owner
    beside: bool
    since: float


class Turns:
    """Gives places to callers in the order in which they came, later ones of an owner behind others' first ones.

    Costly owners have one place together, so they leave the others to the rest; the one that took least is first.
    """

    def __init__(self, places: int, shares: Shares) -> None:
        self._free = places
        self._shares = shares
        self._waiting: list[_Waiting] = []
        self._count = 0
        # How many places each owner has.
        self._taken: dict[Owner, int] = {}
        self._beside_taken = False

    @property
    def waiting(self) -> int:
        """Callers that wait for a place."""
        return len(self._waiting)

    async def take(self, owner: Owner, turn: int) -> Turn:
        """Wait for a place.

        Raises:
            TimeoutError: too many callers wait, or no place came free in time.
            ShareExceeded: the same, for a costly owner.

        """
        if self._free and self._may_start(owner):
            return self._start(owner)
        if len(self._waiting) >= MAX_WAITING:
            raise TimeoutError("too many callers wait for a connection")
        self._count += 1
        loop = asyncio.get_running_loop()
        waiting = _Waiting(place_of(loop.time(), turn), self._count, owner, loop.create_future())
        insort(self._waiting, waiting)
        try:
            async with asyncio.timeout(DEADLINE):
                return await waiting.started
        except BaseException as error:
            if waiting.started.done() and not waiting.started.cancelled():
                self.give_back(waiting.started.result())
            else:
                self._waiting.remove(waiting)
            if isinstance(error, TimeoutError) and self._shares.is_costly(owner):
                raise ShareExceeded from None
            raise

    def give_back(self, turn: Turn) -> None:
        """Free a place, and give it to who waits."""
        self._free += 1
        left = self._taken[turn.owner] - 1
        if left:
            self._taken[turn.owner] = left
        else:
            del self._taken[turn.owner]
        self._hand_out()
        # What the caller then does with its rows, up to the bytes of its response, is done in the same step.
        asyncio.get_running_loop().call_soon(self._account, turn)

    def _account(self, turn: Turn) -> None:
        loop = asyncio.get_running_loop()
        seconds = loop.time() - turn.since
        self._shares.charge(turn.owner, min(seconds * SINGLE_CHARGE, MOST_CHARGED))
        if turn.beside:
            others = any(
                waiting.owner != turn.owner and self._shares.is_costly(waiting.owner) for waiting in self._waiting
            )
            rested = seconds if others else max(seconds - UNRESTED, 0.0)
            call_after_rest(rested * REST, self._end_rest)

    def _end_rest(self) -> None:
        self._beside_taken = False
        self._hand_out()

    def _hand_out(self) -> None:
        costly: list[_Waiting] = []
        for waiting in self._waiting[:] if self._free else ():
            if waiting.started.done():
                continue
            if self._shares.is_costly(waiting.owner):
                costly.append(waiting)
            elif self._free and self._may_start(waiting.owner):
                self._let_in(waiting)
        if costly and self._free and not self._beside_taken:
            self._let_in(min(costly, key=lambda waiting: self._shares.debt(waiting.owner)))

    def _let_in(self, waiting: _Waiting) -> None:
        self._waiting.remove(waiting)
        waiting.started.set_result(self._start(waiting.owner))

    def _may_start(self, owner: Owner) -> bool:
        if owner is None:
            return True
        if self._shares.is_costly(owner):
            return not self._beside_taken
        return self._taken.get(owner, 0) < MOST_AT_ONCE

    def _start(self, owner: Owner) -> Turn:
        self._free -= 1
        self._taken[owner] = self._taken.get(owner, 0) + 1
        beside = self._shares.is_costly(owner)
        self._beside_taken |= beside
        return Turn(owner, beside, asyncio.get_running_loop().time())
