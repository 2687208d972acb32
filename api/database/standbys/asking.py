"""Asks a server where it is, once for all who want to know at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from time import monotonic
from typing import Final, Generic, TypeVar

from api.database.aliases import Connection
from api.database.fence import fence
from api.database.keeper import Keeper
from api.database.sessions import Server, session_of
from api.database.standbys.positions import GET_POSITION, NOWHERE, Place, Position

T = TypeVar("T")

# Seconds after which a server that doesn't say where it is counts as gone.
PATIENCE: Final = 0.25
# Seconds after its last answer that a standby is still taken to be where it was. Later it may have followed another
# leader meanwhile, and have received what that confirmed.
_REMEMBERED: Final = 5.0


class Merged(Generic[T]):
    """A function that runs once for all who ask at the same time; what each gets was begun after it asked."""

    def __init__(self, run: Callable[[], Awaitable[T]]) -> None:
        self._run = run
        self._running: asyncio.Task[T] | None = None
        self._next: asyncio.Task[T] | None = None

    async def ask(self) -> T:
        """The function's result.

        Raises:
            Exception: what the function raised.

        """
        if self._next is None:
            # It's for many, and not only for the request that happens to begin it.
            self._next = asyncio.get_running_loop().create_task(self._after(self._running), context=Context())
            self._next.add_done_callback(_look)
        return await asyncio.shield(self._next)

    async def _after(self, running: "asyncio.Task[T] | None") -> T:
        if running is not None and not running.done():
            await asyncio.wait({running})
        self._running, self._next = self._next, None
        return await self._run()


def _look(task: "asyncio.Task[T]") -> None:
    """Look at an error, which those who asked may not have waited for."""
    if not task.cancelled():
        task.exception()


class Watched:
    """A server, asked over a connection of its own where it is."""

    def __init__(self, keeper: Keeper, *, leads: bool = False) -> None:
        """Take what keeps the connection; where the server `leads`, one is given up if it followed when that began."""
        self._keeper = keeper
        self._leads = leads
        self._connection: Connection | None = None
        self._merged = Merged(self._fetch)
        # None while there's no connection, as another one may lead to another server, or to one that began anew.
        self.server: Server | None = None
        self.place: Place | None = None
        # While there's no leader to receive from, a standby is still where it was, under the name that it had, over
        # another connection too, for a moment.
        self._last_server: Server | None = None
        self._answered = monotonic()
        self._timeline: int | None = None
        self.called = ""

    @property
    def replayed(self) -> Position:
        """How far it had replayed when it was last asked; of a leader, what was confirmed is before that."""
        return self._position(None if self.place is None else self.place.replayed)

    @property
    def received(self) -> Position:
        """What it had of the log when it was last asked."""
        return self._position(None if self.place is None else self.place.received)

    def _position(self, lsn: int | None) -> Position:
        return NOWHERE if lsn is None or self._timeline is None else Position(self._timeline, lsn)

    def open(self) -> asyncio.Event:
        """Begin to open the connection; the event says that the first attempt has ended."""
        return self._keeper.start(self._take, closed=self._replace)

    async def close(self) -> None:
        await self._keeper.close()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    async def ask(self) -> Place:
        """Where the server is, after this was called.

        Raises:
            OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError: it doesn't say so in time.

        """
        return await self._merged.ask()

    async def _fetch(self) -> Place:
        connection = self._connection
        if connection is None:
            raise self._keeper.refusal()
        try:
            [row] = await connection.fetch(GET_POSITION, timeout=PATIENCE)
            place = Place(*row)
            session = session_of(connection)
            if self._leads and session.timeline is None:
                raise ConnectionError("it follows another server")  # noqa: TRY301
            if connection is not self._connection or connection.is_closed():
                raise ConnectionError("the connection was lost")  # noqa: TRY301
        except Exception:
            self._replace(connection)
            raise
        now = monotonic()
        if session.server != self._last_server or now - self._answered > _REMEMBERED:
            self._last_server, self._timeline, self.called = session.server, None, ""
        self._answered = now
        self.server, self.place = session.server, place
        self._timeline = place.timeline or self._timeline
        if self._timeline is not None:
            fence.see(session.database, self._timeline)
        self.called = (place.name or self.called).lower()
        return place

    def _take(self, connection: Connection) -> None:
        self._connection = connection

    def _replace(self, connection: Connection) -> None:
        if connection is self._connection:
            self._connection = self.server = self.place = None
            self._keeper.replace(connection)
