"""Ends the sessions of writes whose outcome is unknown before the next write is sent.

A backend that is stopped, or waits for its disk, may finish a write long after its connection was given up; that would
undo a later write that was confirmed.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final, NamedTuple

from api.database.aliases import Connection
from api.database.retries import OutcomeUnknown

logger = logging.getLogger(__name__)

# Seconds that writes wait for the sessions to end; after that they are refused at once until that has happened.
PATIENCE: Final = 1.0
POLL_INTERVAL: Final = 0.02
RETRY_INTERVAL: Final = 0.1

_IDENTIFY: Final = "select pid, backend_start from pg_stat_activity where pid = pg_backend_pid()"
# Gives the sessions that are still there. A process id alone may have gone to another session.
_END: Final = """
select pid, backend_start, pg_terminate_backend(pid)
  from pg_stat_activity
  join unnest($1::int[], $2::timestamptz[]) as given_up (pid, backend_start) using (pid, backend_start)
"""


class Session(NamedTuple):
    """A backend of PostgreSQL, which a process id alone doesn't identify for good."""

    pid: int
    started: datetime


async def identify_session(connection: Connection) -> Session:
    """The session of an open connection.

    Raises:
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: the connection is lost.

    """
    [row] = await connection.fetch(_IDENTIFY)
    return Session(row["pid"], row["backend_start"])


def session_of(connection: Any) -> Session:
    """The session of a connection that was opened by `connections.connect` or by the pool."""
    session: Session = connection.session
    return session


class UnfinishedWrites:
    """A worker's sessions that were given up while they may have been writing, until they are known to be gone.

    Every write runs within `async with` this object.
    """

    def __init__(self, connect: Callable[[], Awaitable[Connection]]) -> None:
        """Take the function that opens a connection to end sessions from."""
        self._connect = connect
        self._sessions: set[Session] = set()
        # Whether the last attempt to end them failed.
        self._stuck = False
        self._attempted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def add(self, session: Session) -> None:
        """Have a session ended."""
        self._sessions.add(session)
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._end_all())

    async def __aenter__(self) -> None:
        """Begin a block that writes, once all sessions are gone.

        Raises:
            ConnectionError: it isn't known that they are, so the block isn't run.

        """
        if self._sessions:
            await self.wait()

    async def __aexit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, OutcomeUnknown):
            # Who is told this may write again at once through another worker, which knows nothing of the session.
            with suppress(ConnectionError):
                await self.wait()

    async def wait(self) -> None:
        """Wait until all sessions are gone, for about `PATIENCE` seconds at most.

        Raises:
            ConnectionError: it isn't known that they are.

        """
        while self._sessions:
            if self._stuck:
                raise ConnectionError("a write that was given up may still take effect")
            await self._attempted.wait()

    async def close(self) -> None:
        """Leave the sessions that aren't gone alone."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _end_all(self) -> None:
        while self._sessions:
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._end()
                self._stuck = False
            except Exception as error:  # noqa: BLE001
                if not self._stuck:
                    pids = sorted(session.pid for session in self._sessions)
                    logger.warning("no writes until backends %s have ended: %s", pids, type(error).__name__)
                self._stuck = True
            self._attempted.set()
            self._attempted = asyncio.Event()
            if self._stuck:
                await asyncio.sleep(RETRY_INTERVAL)
        self._stuck = False
        self._task = None

    async def _end(self) -> None:
        connection = await self._connect()
        try:
            while self._sessions:
                asked = frozenset(self._sessions)
                rows = await connection.fetch(_END, *zip(*asked, strict=True))
                self._sessions -= asked - {Session(row["pid"], row["backend_start"]) for row in rows}
                if self._sessions:
                    await asyncio.sleep(POLL_INTERVAL)
        finally:
            connection.terminate()
