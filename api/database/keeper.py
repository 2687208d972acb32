"""Keeps connections open: opens them, and others in place of those that are lost."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context
from typing import Final

import asyncpg

from api.database.aliases import Connection
from api.database.backoff import backoff
from api.database.given_up import DatabaseAway, GivenUp
from api.database.lookout import Lookout
from api.database.peers import Peers
from api.database.sessions import Session, session_of

# Seconds. A connection that is lost sooner than this isn't replaced at once, as its replacement may fare no better.
SHORT_LIFE: Final = 1.0
# Between two looks whether other kinds have what they need.
_TURN: Final = 0.05


Use = Callable[[Connection], None]


def _nothing(_: object) -> None:
    pass


class Keeper:
    """A few connections of a kind, each of which is tried again with growing waits while the database is away.

    The sessions of lost connections may be stopped rather than gone. They count until they are known to be gone: a
    keeper never has more than twice its connections, so a worker can't take all that PostgreSQL has.
    """

    def __init__(  # noqa: PLR0913
        self,
        kind: str,
        connect: Callable[[], Awaitable[Connection]],
        given_up: GivenUp,
        peers: Peers | None = None,
        *,
        needed: bool = True,
        connections: int = 1,
        writes: bool = False,
        lookout: Lookout | None = None,
    ) -> None:
        """Take what the log calls the connections, what opens one, and where the sessions of lost ones go.

        Of `peers`, those of the worker, each that is `needed` gets a connection before others get any and before one
        gets more. `writes` says that a session which is lost may always have been writing. `lookout` ends a wait when a
        server comes, and tells the log how things are.
        """
        self.is_needed = needed
        self._peers = peers or Peers()
        self._peers.add(self)
        self._is_trying = False
        self.kind = kind
        self._connect = connect
        self._given_up = given_up
        self._size = connections
        self._writes = writes
        self._lookout = lookout or Lookout()
        self._open = 0
        self._lost: set[Session] = set()
        self._last_opened = -SHORT_LIFE
        # Whether there's no connection, and an attempt to open one has failed; and how the last attempt failed.
        self.away = False
        self._failure: Exception | None = None
        self._closing = False
        self._tasks: set[asyncio.Task[None]] = set()
        # Set while there's a connection.
        self.connected = asyncio.Event()

    @property
    def open(self) -> int:
        """How many connections are open."""
        return self._open

    def refusal(self) -> Exception:
        """The error for calls while the database is away; each call has its own, for they are raised."""
        kind = type(self._failure).__name__
        if isinstance(self._failure, asyncpg.InsufficientResourcesError):
            return asyncpg.TooManyConnectionsError(f"PostgreSQL has no connection left: {kind}")
        return DatabaseAway(f"the database is away: {kind}")

    def start(
        self,
        take: Use,
        refuse: Callable[[Exception], None] = _nothing,
        closed: Use = _nothing,
        spare: Callable[[], None] | None = None,
    ) -> asyncio.Event:
        """Begin to open the first connection; the event says that the first attempt has ended, one way or the other.

        `take` is given each connection, `closed` each that was closed, also while nothing used it, and `refuse` the
        error for those who wait when there's none any more. `spare` has one replaced that can be done without; if it's
        absent, the newest is closed.
        """
        self._loop = asyncio.get_running_loop()
        self._take = take
        self._refuse = refuse
        self._closed = closed
        self._spare = spare or self._close_newest
        return self._begin(failures=0)

    def fill(self) -> list[asyncio.Event]:
        """Begin to open the others; the events say the same of each."""
        return [self._begin(failures=0) for _ in range(self._size - 1)]

    def replace(self, connection: Connection, *, wrote: bool = False) -> None:
        """Close a connection, and open another; `wrote` says that it may have been sent a write that isn't finished."""
        connection.terminate()
        session = session_of(connection)
        self._lost = {*self._given_up.not_gone(self._lost), session}
        self._given_up.add(session, writing=wrote or self._writes)
        self._open -= 1
        self._begin(failures=int(self._loop.time() - self._last_opened < SHORT_LIFE))

    @property
    def may_give_way(self) -> bool:
        """Whether a connection can be done without, and is needed elsewhere."""
        return self._peers.may_give_way(self)

    def give_way(self) -> None:
        """Have a connection replaced that can be done without."""
        self._spare()

    async def close(self) -> None:
        """Open no more connections; those that are open are their user's."""
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self, *, failures: int) -> asyncio.Event:
        tried = asyncio.Event()
        # The request that happens to notice a loss has nothing to do with it.
        task = self._loop.create_task(self._open_one(failures, tried), context=Context())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return tried

    async def _open_one(self, failures: int, tried: asyncio.Event) -> None:
        if failures:
            await asyncio.sleep(backoff(failures))
        while not self._closing:
            seen = self._lookout.seen
            try:
                await self._wait_for_needed()
                self._check_given_up()
                connection = await self._try()
            except Exception as error:  # noqa: BLE001
                failures += 1
                self._failed(error)
                tried.set()
                if isinstance(error, asyncpg.InsufficientResourcesError) and self._peers.make_room():
                    failures = 1
                if await self._lookout.wait(backoff(failures), seen):
                    failures = 0
            else:
                self._opened(connection)
                tried.set()
                return

    async def _try(self) -> Connection:
        self._is_trying = True
        try:
            return await self._connect()
        finally:
            self._is_trying = False

    async def _wait_for_needed(self) -> None:
        """Wait until it's the turn of another connection of this kind."""
        while (  # noqa: ASYNC110
            self._open or self._is_trying or not self.is_needed
        ) and not self._peers.all_have_one:
            await asyncio.sleep(_TURN)

    def _check_given_up(self) -> None:
        self._lost = self._given_up.not_gone(self._lost)
        if len(self._lost) > self._size:
            raise ConnectionError("the backends before haven't ended")

    def _failed(self, error: Exception) -> None:
        if not self._open:
            self._failure = error
            self.connected.clear()
            if not self.away:
                self.away = True
                self._refuse(self.refusal())
        self._lookout.lacks(self.kind, f"{self._open} of {self._size} connections", error)

    def _opened(self, connection: Connection) -> None:
        self._given_up.moved_to(session_of(connection))
        self._open += 1
        self._last_opened = self._loop.time()
        self._newest = connection
        self.away = False
        self.connected.set()
        connection.add_termination_listener(self._closed)  # type: ignore[arg-type]
        self._take(connection)
        if self._open == self._size:
            self._lookout.has_all(self.kind)

    def _close_newest(self) -> None:
        self._newest.terminate()
