"""A standby: how far it is, whether it's asked, and the connection that its reads run on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final

from api.database.aliases import Connection, Row
from api.database.call_queue import Call
from api.database.executions import callers_of, execute
from api.database.given_up import GivenUp
from api.database.keeper import Keeper
from api.database.lookout import Lookout
from api.database.sessions import Server, session_of
from api.database.standbys.absence import absence
from api.database.standbys.asking import Watched
from api.database.standbys.positions import Position
from api.database.statements.files import Statement

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
FOREIGN: Final = "of another database than DATABASE_URL"
SEVERAL: Final = "its name leads to several servers: name each"
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
        self.watched = Watched(Keeper(f"position of {name}", lambda: connect([]), given_up, lookout=lookout))
        self._keeper = Keeper(f"reads of {name}", lambda: connect(merged), given_up, lookout=lookout)
        # Where the connection for reads leads to.
        self._server: Server | None = None
        self._connection: Connection | None = None
        self.busy = False
        self.state = ""
        # Seconds that it's behind, as far as is known.
        self.lag = 0.0
        self._rests_until = 0.0
        self._seconds = 0.0
        self._used = 0.0

    def open(self, use: Callable[[], None]) -> list[asyncio.Event]:
        """Begin to open the connections; `use` is called when the one for reads has come or gone.

        The events say that each first attempt has ended.
        """
        self._loop = asyncio.get_running_loop()
        self._use = use
        return [self.watched.open(), self._keeper.start(self._take, closed=self._closed)]

    async def close(self) -> None:
        await self.watched.close()
        await self._keeper.close()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()
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
    def is_whole(self) -> bool:
        """Whether both connections lead to the same server, as far as is known."""
        return self.watched.server is None or self._server is None or self._server == self.watched.server

    @property
    def leads(self) -> bool:
        """Whether it followed nobody when it was last asked."""
        return self.watched.place is not None and not self.watched.place.follows

    async def look(self) -> None:
        """Ask where it is."""
        with suppress(Exception):
            await self.watched.ask()

    async def reach(self, target: Position, database: str | None, patience: float = CATCH_UP) -> None:
        """Wait until it has replayed what is before a position of a database.

        Raises:
            Behind: that takes longer than `patience` seconds, or it isn't known.

        """
        deadline = self._loop.time() + patience
        while not self._shows(target):
            await self.look()
            if self._shows(target):
                break
            if self.watched.place is None or self._loop.time() > deadline:
                raise Behind
            await asyncio.sleep(_LOOK)
        server = self.watched.server
        # Positions of one server say nothing of another's.
        if server is None or server.database != database or server != self._server:
            raise Behind

    def _shows(self, target: Position) -> bool:
        # On a later timeline than the leader's is a server of another cluster, such as one restored from its backup.
        replayed = self.watched.replayed
        return replayed.timeline == target.timeline and replayed >= target

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
        except (TimeoutError, asyncio.CancelledError):
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
        self._connection, self._server = connection, session_of(connection).server
        self._use()

    def _closed(self, connection: Connection) -> None:
        if connection is self._connection:
            self._connection = self._server = None
            self._keeper.replace(connection)
            self._use()
