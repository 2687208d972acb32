"""A standby: how far it is, whether it's asked, and the connection that its reads run on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Final

from api.database.aliases import Connection, Row
from api.database.call_queue import Call
from api.database.executions import callers_of, execute
from api.database.given_up import GivenUp
from api.database.keeper import Keeper
from api.database.lookout import Lookout
from api.database.standbys.absence import absence
from api.database.standbys.asking import Watched
from api.database.standbys.positions import Place, Position
from api.database.statements.files import Statement
from api.metrics import Reading

logger = logging.getLogger(__name__)

# Seconds that reads may wait until a standby has replayed what they have to show, and between two looks meanwhile.
CATCH_UP: Final = 0.005
_LOOK: Final = 0.0005
# Seconds that a standby is left alone after it couldn't answer.
REST: Final = 0.5
# Half of what is known of a standby's speed is forgotten in so many seconds, so that a slow one is tried again.
_HALF_LIFE: Final = 1.0
# Weight of the last execution in its average.
_WEIGHT: Final = 0.2

# States, for the log.
AWAY: Final = "away"
LEADS: Final = "leads"
UNSEEN: Final = "follows nobody, or its role may not see whom: pg_read_all_stats"
UNCOUNTED: Final = "not among those that confirm commits alone"
BEHIND: Final = "too far behind"
FOLLOWS: Final = "follows"


class Behind(Exception):  # noqa: N818
    """A standby hasn't replayed yet what a read has to show."""


class Standby:
    """A server of `READ_DATABASE_URL`, which may lead at times."""

    def __init__(
        self,
        name: str,
        connect: Callable[[Sequence[Statement]], Awaitable[Connection]],
        merged: Sequence[Statement],
    ) -> None:
        """Take its name, what opens a connection, which may be for `:batch` statements, and these statements."""
        self.name = name
        given_up = GivenUp(lambda: connect([]))
        self._given_up = given_up
        # Of both, the log tells once.
        lookout = Lookout()
        self._watched = Watched(Keeper(f"position of {name}", lambda: connect([]), given_up, lookout=lookout))
        self._keeper = Keeper(f"reads of {name}", lambda: connect(merged), given_up, lookout=lookout)
        self._connection: Connection | None = None
        self.busy = False
        self.state = ""
        # Seconds that it's behind, as far as is known.
        self.lag = 0.0
        self._rests_until = 0.0
        self._seconds = 0.0
        self._used = 0.0
        self._seen_by = 0
        self._timeline: int | None = None
        self.called: str | None = None
        self.place: Place | None = None

    def open(self, use: Callable[[], None]) -> list[asyncio.Event]:
        """Begin to open the connections; `use` is called when the one for reads has come or gone.

        The events say that each first attempt has ended.
        """
        self._loop = asyncio.get_running_loop()
        self._use = use
        return [self._watched.open(), self._keeper.start(self._take, closed=self._closed)]

    async def close(self) -> None:
        await self._watched.close()
        await self._keeper.close()
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close(timeout=5.0)
        await self._given_up.close()

    @property
    def usable(self) -> bool:
        """Whether reads may be sent there."""
        if self._connection is None or self._loop.time() < self._rests_until:
            return False
        # One that was just promoted is as good while it isn't known as the leader.
        return self.state == FOLLOWS or (self.state == LEADS and absence.since is not None)

    @property
    def cost(self) -> float:
        """What an answer is expected to take, in seconds."""
        return float(self._seconds * 0.5 ** ((self._loop.time() - self._used) / _HALF_LIFE))

    @property
    def position(self) -> Position:
        """How far it had replayed when it was last asked."""
        return self._position(None if self.place is None else self.place.replayed)

    @property
    def received(self) -> Position:
        """What it had of the log when it was last asked."""
        return self._position(None if self.place is None else self.place.received)

    def _position(self, lsn: int | None) -> Position:
        return Position(0, 0) if lsn is None or self._timeline is None else Position(self._timeline, lsn)

    async def look(self) -> Place | None:
        """Ask where it is; None if it doesn't say so."""
        try:
            place = await self._watched.ask()
        except Exception:  # noqa: BLE001
            self.place = None
            return None
        if self._seen_by != self._watched.connections:
            self._seen_by, self._timeline, self.called = self._watched.connections, None, None
        # While there's no leader to receive from, it's still where it was.
        self._timeline = place.timeline or self._timeline
        self.called = place.name or self.called
        self.place = place
        return place

    async def reach(self, target: Position) -> None:
        """Wait until it has replayed what is before a position.

        Raises:
            Behind: that takes too long.

        """
        deadline = self._loop.time() + CATCH_UP
        while self.position < target:
            if await self.look() is None or self._loop.time() > deadline:
                raise Behind
            if self.position < target:
                await asyncio.sleep(_LOOK)

    async def execute(self, statement: Statement, arguments: Sequence[object], calls: Sequence[Call]) -> list[Row]:
        """Run a statement for some calls.

        Raises:
            Exception: whatever the database or asyncpg raises; the connection is renewed where that's due.

        """
        connection = self._connection
        if connection is None:
            raise Behind
        started = self._loop.time()
        try:
            rows = await execute(connection, statement, arguments, calls=len(calls), callers=callers_of(calls))
        except TimeoutError:
            connection.terminate()
            raise
        finally:
            if connection.is_closed():
                self._closed(connection)
        self._used = self._loop.time()
        self._seconds += _WEIGHT * (self._used - started - self._seconds)
        return rows

    def rest(self) -> None:
        """Leave it alone for a while."""
        self._rests_until = self._loop.time() + REST

    def turn(self, state: str) -> None:
        """Note its state, and log one that is new."""
        if state != self.state:
            self.state = state
            logger.warning("standby %s: %s", self.name, state, extra={"event": "standby", "host": self.name})

    def _take(self, connection: Connection) -> None:
        self._connection = connection
        self._use()

    def _closed(self, connection: Connection) -> None:
        if connection is self._connection:
            self._connection = None
            self._keeper.replace(connection)
            self._use()


def by_cost(standby: Standby) -> Any:
    return standby.cost


def standby_readings(standbys: Sequence[Standby]) -> list[Reading]:
    """What the metrics say of standbys."""
    return [
        Reading(
            "nestwerk_standby_lag_seconds",
            "How far standbys are behind the leader.",
            ("host",),
            lambda: {(each.name,): each.lag for each in standbys},
            is_shared=True,
        ),
        Reading(
            "nestwerk_standby_used_workers",
            "Workers that read from a standby.",
            ("host",),
            lambda: {(each.name,): int(each.usable) for each in standbys},
        ),
    ]
