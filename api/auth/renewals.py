"""Renewal of sessions that are used in the second half of their life, apart from the request that uses them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Final

from api.auth.queries import sql

logger = logging.getLogger(__name__)

# Seconds that a request waits for the renewal; it goes on without.
PATIENCE: Final = 0.5
# Seconds without another try after one that failed or took longer: the session goes on, and there is time.
PAUSE: Final = 10.0


class Renewals:
    """Renews each session once at a time, whatever number of requests use it."""

    def __init__(self, renew: Callable[[bytes], Awaitable[float | None]]) -> None:
        """Take a function that renews the session of a token's digest: its seconds, or None if that isn't due."""
        self._renew = renew
        self._tasks: dict[bytes, asyncio.Task[float | None]] = {}
        self._next = 0.0

    async def renew(self, digest: bytes) -> float | None:
        """Seconds that a session has now, or None if it was not, or not yet, renewed; it's as good as before then."""
        task = self._tasks.get(digest)
        if task is None:
            if monotonic() < self._next:
                return None
            task = self._tasks[digest] = asyncio.create_task(self._try(digest))
        await asyncio.wait({task}, timeout=PATIENCE)
        if task.done():
            return task.result()
        self._pause()
        return None

    async def _try(self, digest: bytes) -> float | None:
        try:
            return await self._renew(digest)
        except Exception as error:  # noqa: BLE001
            logger.warning(
                "session not renewed",
                extra={"event": "not_renewed", "kind": "not_renewed", "error": type(error).__name__},
            )
            self._pause()
            return None
        finally:
            del self._tasks[digest]

    def _pause(self) -> None:
        self._next = monotonic() + PAUSE


async def _renew(digest: bytes) -> float | None:
    return await sql.renew_session(token_digest=digest)


renewals: Final = Renewals(_renew)
