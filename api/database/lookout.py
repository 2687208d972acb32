"""Looks out for a server that takes writes, while no connection to one can be opened.

A standby that is promoted, or a server that starts, is then used at once, and not when the next attempt is due. That
costs next to nothing: a standby is asked over a connection that stays open, and one that isn't there refuses.
"""

import asyncio
import logging
from contextlib import suppress
from contextvars import Context
from random import uniform
from typing import Any, Final, cast

import asyncpg

from api.database.addresses import GO_ON, arguments_of, places
from api.database.aliases import Connection
from api.database.backoff import LONGEST
from api.database_url.reading import read_url

logger = logging.getLogger(__name__)

# Seconds between two looks at a server, at least and at most: workers don't ask, nor come, all at once.
_INTERVAL: Final = (0.05, 0.15)
# Seconds that an answer takes at most.
_TIMEOUT: Final = 1.0
_ASK: Final = "select not current_setting('transaction_read_only')::boolean"


class Lookout:
    """Says when a server that takes writes has come; all that waits for one in a worker shares it."""

    def __init__(self, dsn: str | None = None) -> None:
        """Take the database's URL; without one nothing is seen."""
        self._dsn = dsn
        # How often something has changed for the better.
        self.seen = 0
        self._changed = asyncio.Event()
        self._waiting = 0
        self._task: asyncio.Task[None] | None = None
        self._end: asyncio.TimerHandle | None = None
        self._rests_until = 0.0
        # Kinds of connections that aren't complete, and why that is, as far as it was said.
        self._lacking: set[str] = set()
        self._said: set[str] = set()
        self._first = ""

    async def wait(self, seconds: float, seen: int) -> bool:
        """Wait for some seconds, or until more is seen than `seen`; whether it was.

        What was seen may be of no use to who waits, so after each time nothing is looked for during `LONGEST`.
        """
        if seen != self.seen:
            return True
        self._begin()
        self._waiting += 1
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
            if not self._waiting and self._task is not None:
                # Who waits tries, fails and waits again; it isn't all begun anew each time.
                self._end = asyncio.get_running_loop().call_later(LONGEST, self.close)
        return True

    def notice(self) -> None:
        """Have all who wait go on."""
        self.seen += 1
        self._changed.set()
        self._changed = asyncio.Event()

    def lacks(self, kind: str, state: str, error: Exception) -> None:
        """Log that connections of a kind can't be opened, unless one was already said to be so for the same reason.

        That no server is there is one reason, though it shows in many ways, which change with each attempt.
        """
        name = type(error).__name__
        reason = "" if isinstance(error, GO_ON) else name
        if not self._lacking or reason not in self._said:
            why = {"error": name, "sqlstate": getattr(error, "sqlstate", None)}
            logger.warning("%s: %s", kind, state, extra={"event": "connections", **why})
        self._first = self._first or kind
        self._lacking.add(kind)
        self._said.add(reason)

    def has_all(self, kind: str) -> None:
        """Log that nothing is lacking any more, by the kind that was the first to lack it."""
        if kind in self._lacking:
            self._lacking.discard(kind)
            if not self._lacking:
                self._said.clear()
                logger.warning("%s: all connections again", self._first, extra={"event": "connections"})
                self._first = ""

    def close(self) -> None:
        """Look no more."""
        if self._end is not None:
            self._end.cancel()
        if self._task is not None:
            self._task.cancel()
        self._task = self._end = None

    def _begin(self) -> None:
        if self._end is not None:
            self._end.cancel()
            self._end = None
        loop = asyncio.get_running_loop()
        if self._dsn is not None and self._task is None and loop.time() >= self._rests_until:
            self._task = loop.create_task(self._look(self._dsn), context=Context())
            self._task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if self._task is task:
            self._task = None

    async def _look(self, dsn: str) -> None:
        found = read_url(dsn)
        looks: list[asyncio.Task[None]] = []
        try:
            # Names that aren't known now are asked for again when somebody waits again.
            with suppress(OSError):
                arguments = arguments_of(found) | {"timeout": _TIMEOUT, "command_timeout": _TIMEOUT}
                looks = [asyncio.create_task(_until_writable(arguments | place)) for place in await places(found)]
                await asyncio.wait(looks, return_when=asyncio.FIRST_COMPLETED)
                self._rests_until = asyncio.get_running_loop().time() + LONGEST
                self.notice()
        finally:
            for look in looks:
                look.cancel()


async def _until_writable(arguments: dict[str, Any]) -> None:
    """Look at one place until there's a server that takes writes."""
    while True:
        try:
            connection = cast("Connection", await asyncpg.connect(**arguments))
        except (OSError, asyncpg.CannotConnectNowError):
            await _pause()
        except Exception:  # noqa: BLE001
            # It refuses this user, or has no connection left.
            await asyncio.sleep(LONGEST)
        else:
            try:
                while not await connection.fetchval(_ASK):
                    await _pause()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
                await _pause()
            else:
                return
            finally:
                connection.terminate()


async def _pause() -> None:
    await asyncio.sleep(uniform(*_INTERVAL))  # noqa: S311
