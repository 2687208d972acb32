"""Asks a server where it is, once for all who want to know at the same time."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Final, Generic, TypeVar

from api.database.aliases import Connection
from api.database.keeper import Keeper
from api.database.standbys.positions import GET_POSITION, Place

T = TypeVar("T")

# Seconds after which a server that doesn't say where it is counts as gone.
PATIENCE: Final = 0.25
_TEXT: Final = GET_POSITION.statement.text  # type: ignore[attr-defined]


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
        """Take what keeps the connection; one to a server that `leads` is given up when that follows another."""
        self._keeper = keeper
        self._leads = leads
        self._connection: Connection | None = None
        self._merged = Merged(self._fetch)
        # Of where it is: after another connection it may be another server, or have begun anew.
        self.connections = 0

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
            [row] = await connection.fetch(_TEXT, timeout=PATIENCE)
            place = Place(*row)
            if self._leads and place.follows:
                raise ConnectionError("it follows another server")  # noqa: TRY301
        except Exception:
            self._replace(connection)
            raise
        return place

    def _take(self, connection: Connection) -> None:
        self._connection = connection
        self.connections += 1

    def _replace(self, connection: Connection) -> None:
        if connection is self._connection:
            self._connection = None
            self._keeper.replace(connection)
