"""Ends the sessions of connections that were given up, and has writes wait for those that may still write.

A backend that is stopped, or waits for its disk, may finish a write long after its connection was given up; that would
undo a later write that was confirmed. Any of them still takes one of PostgreSQL's connections.

None does so any more once the service is connected to a server that was started anew, or to another that was promoted:
what the one before still commits isn't in the other's history, and is taken back when it follows.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context
from typing import Final

import asyncpg

from api.database.aliases import Connection
from api.database.backoff import backoff
from api.database.lookout import Lookout
from api.database.retries import OutcomeUnknown
from api.database.sessions import Session, session_of
from api.recurring import end

logger = logging.getLogger(__name__)

# Seconds that writes wait for the sessions to end; after that they are refused at once until that has happened.
PATIENCE: Final = 1.0
POLL_INTERVAL: Final = 0.02

# Gives the sessions that are still there. A process id alone may have gone to another session.
_END: Final = """
select pid, backend_start, pg_terminate_backend(pid)
  from pg_stat_activity
  join unnest($1::int[], $2::timestamptz[]) as given_up (pid, backend_start) using (pid, backend_start)
"""


class DatabaseAway(ConnectionError):  # noqa: N818
    """The database can't be used, which was logged when that began."""


class GivenUp:
    """A worker's sessions that were given up, until they are known to be gone.

    Every write runs within `async with` this object.
    """

    def __init__(
        self,
        connect: Callable[[], Awaitable[Connection]],
        lookout: Lookout | None = None,
        make_room: Callable[[], object] = lambda: None,
    ) -> None:
        """Take what opens a connection to end sessions from, and where those wait who wait for that.

        `make_room` is called where PostgreSQL has no connection left for that.
        """
        self._connect = connect
        self._make_room = make_room
        self._lookout = lookout or Lookout()
        self._sessions: set[Session] = set()
        # Those that may still write, and those of them that outlived an attempt to end them.
        self._writing: set[Session] = set()
        self._stuck: set[Session] = set()
        self._changed = asyncio.Event()
        self._added = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, session: Session, *, writing: bool) -> None:
        """Have a session ended; `writing` says whether it may have been sent a write that it hasn't finished."""
        self._sessions.add(session)
        if writing:
            self._writing.add(session)
        self._added.set()
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._end_all(), context=Context())

    def __len__(self) -> int:
        return len(self._sessions)

    def moved_to(self, session: Session) -> None:
        """Forget the sessions of other servers than that of a new session, if it takes writes."""
        if session.timeline is not None:
            self._forget({each for each in self._sessions if each.server != session.server})

    @property
    def holds_writes_up(self) -> bool:
        """Whether writes wait, or are refused, as a session may still write."""
        return bool(self._writing)

    def not_gone(self, sessions: set[Session]) -> set[Session]:
        """Those of the sessions that aren't known to be gone."""
        return sessions & self._sessions

    async def __aenter__(self) -> None:
        """Begin a block that writes, once no session is left that may still write.

        Raises:
            ConnectionError: it isn't known that there's none, so the block isn't run.

        """
        if self._writing:
            await self.wait()

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, OutcomeUnknown):
            # Who is told this may write again at once through another worker, which knows nothing of the session.
            with suppress(ConnectionError):
                await self.wait()

    async def wait(self) -> None:
        """Wait until no session is left that may still write, for about `PATIENCE` seconds at most.

        Raises:
            ConnectionError: it isn't known that there's none.

        """
        while self._writing:
            if self._stuck:
                raise DatabaseAway("a write that was given up may still take effect")
            await self._changed.wait()

    async def close(self) -> None:
        """Leave the sessions that aren't gone alone."""
        await end(self._task)

    async def _end_all(self) -> None:
        failures = 0
        while self._sessions:
            self._added.clear()
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._end()
                failures = 0
            except Exception as error:  # noqa: BLE001
                failures += 1
                # That the database is away is logged by who needs it.
                if not isinstance(error, DatabaseAway) and (not self._stuck >= self._writing or failures == 1):
                    self._say(error)
                self._stuck = set(self._writing)
                self._tell()
                # Python's `wait_for` may miss being cancelled.
                with suppress(TimeoutError):
                    async with asyncio.timeout(backoff(failures)):
                        await self._added.wait()
        self._task = None

    def _say(self, error: Exception) -> None:
        pids = sorted(session.pid for session in self._sessions)
        until = "no writes until they have ended" if self._writing else "they aren't replaced twice"
        logger.warning(
            "backends %s were given up and don't end, %s", pids, until,
            extra={"event": "given_up", "error": type(error).__name__},
        )  # fmt: skip

    def _forget(self, gone: set[Session]) -> None:
        was_writing = bool(self._writing)
        self._sessions -= gone
        self._writing -= gone
        self._stuck -= gone
        self._tell()
        if was_writing and not self._writing:
            self._lookout.notice()

    def _tell(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _end(self) -> None:
        try:
            connection = await self._connect()
        except Exception as error:
            if isinstance(error, asyncpg.InsufficientResourcesError):
                self._make_room()
            raise DatabaseAway("no connection to end sessions from") from error
        try:
            while asked := self._known_to(session_of(connection)):
                rows = await connection.fetch(_END, [each.pid for each in asked], [each.started for each in asked])
                there = {(row["pid"], row["backend_start"]) for row in rows}
                self._forget({session for session in asked if (session.pid, session.started) not in there})
                if self._sessions:
                    await asyncio.sleep(POLL_INTERVAL)
        finally:
            connection.terminate()

    def _known_to(self, here: Session) -> list[Session]:
        """The sessions to ask a server for."""
        if here.timeline is None:
            # It knows no sessions but its own. Others take none of its connections, as those of when it led itself.
            others = {session for session in self._sessions if session.server != here.server}
            self._forget(others - self._writing)
            if others & self._writing:
                raise DatabaseAway("a server that follows another doesn't know the sessions of that one")
        return list(self._sessions)
