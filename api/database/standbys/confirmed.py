"""How far the log is safe, asked before each execution on a standby: whatever any client was told is before that.

The leader says it. This is ReadIndex of Raft (Ongaro, Consensus: Bridging Theory and Practice, 2014, 6.4), so clients
carry no positions. While no leader answers, what standbys have received stands for it: where all that can confirm a
commit are there, the one that has most has it all; else it isn't known, save for as long as callers are remembered.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from api.database.keeper import Keeper
from api.database.standbys import standby as states
from api.database.standbys.absence import absence
from api.database.standbys.asking import Merged, Watched
from api.database.standbys.positions import NOWHERE, Place, Position, read_confirming, read_snapshot
from api.database.standbys.standby import Standby

# Places of the leader that are remembered, to know how far behind a standby is.
_REMEMBERED: Final = 600
# Seconds that a standby's answers are believed without its quorum after the leader was last heard; a caller who is
# remembered counts as long.
UNPROVEN: Final = 5.0
# Seconds that a read waits until the leader shows what standbys show, as commits take less to be confirmed; between two
# looks meanwhile; and in all, where servers don't answer.
SETTLE: Final = 0.05
_LOOK: Final = 0.001
_SETTLE_PATIENCE: Final = 0.5


class Elsewhere(Exception):  # noqa: N818
    """No standby can answer a read, so the leader has to."""


class Confirmed:
    """What was confirmed, as the leader of some standbys knows it, or they do."""

    def __init__(
        self, leader: Keeper, is_away: Callable[[], bool], standbys: Sequence[Standby], most_behind: float
    ) -> None:
        """Take what keeps a connection to the leader, whether that refuses any, and the standbys.

        They may be `most_behind` seconds behind.
        """
        self._is_away = is_away
        self._leader = Watched(leader, leads=True)
        self._standbys = standbys
        self._most_behind = most_behind
        # What the leader last said: those that commits wait for, its database, and when in the loop's time.
        self._confirming: frozenset[str] | None = None
        self.database: str | None = None
        self._heard, self._last = -UNPROVEN, NOWHERE
        # Where the leader was, and when; no entry has a lower position than the one before it.
        self._history: deque[tuple[float, Position]] = deque(maxlen=_REMEMBERED)
        # Transactions that were waited for in vain: they go on for long, and a commit takes no time.
        self._long: frozenset[int] = frozenset()
        self._settling = Merged(self._settle)
        self._finding = Merged(self._find)

    def open(self) -> asyncio.Event:
        """Begin to open the leader's connection; the event says that the first attempt has ended."""
        self._loop = asyncio.get_running_loop()
        return self._leader.open()

    async def close(self) -> None:
        await self._leader.close()

    async def position(self) -> Position:
        """A position that whatever was confirmed until now is before.

        Raises:
            Elsewhere: that isn't known.

        """
        if await self._ask_leader() is None:
            return await self._finding.ask()
        return self._last

    async def settled(self) -> None:
        """Wait until the leader shows what standbys have shown so far.

        A standby may show a transaction a moment before the leader does, which still waits for the standby's word.
        Who saw it there shouldn't miss it on the leader. If a standby is found to follow another leader meanwhile, the
        connections to the one before are closed.
        """
        await self._settling.ask()

    async def look_around(self) -> None:
        """Look where all servers are, and note the states of standbys."""
        place, *_ = await asyncio.gather(self._ask_leader(), *(standby.look() for standby in self._standbys))
        if place is not None:
            if self._history and self._last < self._history[-1][1]:
                self._history.clear()
            self._history.append((self._heard, self._last))
        for standby in self._standbys:
            standby.turn(self._state(standby))

    async def _ask_leader(self) -> Place | None:
        try:
            place = await self._leader.ask()
        except Exception:  # noqa: BLE001
            absence.begin()
            return None
        absence.end()
        self._confirming = read_confirming(place.waits_for)
        self._heard, self._last = self._loop.time(), Position(place.timeline or 0, place.replayed or 0)
        if self._leader.server is not None:
            self.database = self._leader.server.database
        return place

    async def _find(self) -> Position:
        """What standbys have received, if one of them has all that was confirmed, as one that leads now has."""
        await asyncio.gather(*(standby.look() for standby in self._standbys))
        ours = [each for each in self._standbys if self._is_ours(each)]
        leads = max((each.watched.received for each in ours if each.leads), default=NOWHERE)
        if leads.timeline >= self._last.timeline > 0:
            return leads
        followers = [each.watched for each in ours if self._is_counted(each)]
        most = max((each.received for each in followers), default=NOWHERE)
        is_proven = self._confirming and self._confirming <= {each.called for each in followers}
        if is_proven and most.timeline >= self._last.timeline:
            return most
        # Without a quorum the leader's last position is the best that is known; whether it's away must be certain then.
        if self._is_away() and self._loop.time() - self._heard < UNPROVEN and most >= self._last:
            return most
        raise Elsewhere

    def _is_ours(self, standby: Standby) -> bool:
        """Whether a standby says where it is, and has the leader's database."""
        server = standby.watched.server
        return server is not None and server.database == self.database

    def _is_counted(self, standby: Standby) -> bool:
        """Whether a standby shows nothing that isn't confirmed yet, as it confirms commits itself, or nobody does."""
        names = self._confirming
        return names is not None and (not names or "*" in names or standby.watched.called in names)

    def _state(self, standby: Standby) -> str:
        place = standby.watched.place
        if place is None or self.database is None:
            return states.AWAY
        if not standby.is_whole or not self._is_ours(standby):
            return states.FOREIGN if standby.is_whole else states.SEVERAL
        if standby.leads:
            return states.LEADS
        if standby.watched.replayed == NOWHERE or not self._is_counted(standby):
            return states.UNCOUNTED if standby.watched.replayed > NOWHERE else states.UNSEEN
        standby.lag = self._lag(standby)
        return states.BEHIND if standby.lag > self._most_behind else states.FOLLOWS

    def _lag(self, standby: Standby) -> float:
        """Seconds since the leader was where a standby is, as far as that is remembered."""
        if absence.since is not None:
            return 0.0
        now, position = self._loop.time(), standby.watched.replayed
        return now - next((time for time, there in self._history if there > position), now)

    async def _settle(self) -> None:
        async with asyncio.timeout(_SETTLE_PATIENCE):
            await asyncio.gather(self._ask_leader(), *(standby.look() for standby in self._standbys))
            places = [each.watched.place for each in self._standbys if self._is_ours(each)]
            # Whatever they show is before the highest of these.
            shown = [read_snapshot(place.snapshot).xmax for place in places if place is not None and place.follows]
            if shown:
                await self._wait_for(max(shown))

    async def _wait_for(self, end: int) -> None:
        """Wait until the leader shows the transactions before one, as far as they are committed now."""
        deadline = self._loop.time() + SETTLE
        waits_for: frozenset[int] | None = None
        while (place := await self._ask_leader()) is not None:
            snapshot = read_snapshot(place.snapshot)
            # Those from its xmax on may be under way too, and aren't named yet.
            if snapshot.xmax >= end:
                self._long &= snapshot.under_way
                under_way = frozenset(each for each in snapshot.under_way - self._long if each < end)
                waits_for = under_way if waits_for is None else waits_for & under_way
                if not waits_for:
                    return
            if self._loop.time() > deadline:
                self._long |= waits_for or frozenset()
                return
            await asyncio.sleep(_LOOK)
