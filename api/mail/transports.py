"""How mails leave: what all ways have in common, and into files."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from datetime import UTC, datetime
from email.message import EmailMessage
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import time
from typing import Final, Protocol

from api.atomic_write import atomic_write

# Seconds that files are kept.
KEPT: Final = 7 * 24 * 60 * 60

# Raises TryLaterError, RecipientRefusedError or ServerAwayError.
Deliver = Callable[[EmailMessage], Awaitable[None]]


class ServerAwayError(Exception):
    """No mail can be handed over now, and this one wasn't; the message says why in a word."""


class TryLaterError(Exception):
    """A mail wasn't taken for now, or it isn't known whether it was; the connection isn't used any more."""


class RecipientRefusedError(Exception):
    """The recipient is refused for good."""


class Transport(Protocol):
    """A way that mails leave."""

    def connected(self) -> AbstractAsyncContextManager[Deliver]:
        """What hands mails over, one after another, within the block.

        Raises:
            ServerAwayError: no mail can be handed over now.

        """
        ...


class FileTransport:
    """Writes each mail to a file of its own, which only its owner may read; their names sort by time.

    It's for development: with files, no mail reaches anybody. They are kept for a week, for whoever comes back to them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Deliver]:
        # Once for all mails that go together, as the whole folder is looked through.
        await self._do(self._remove_old)
        yield self._deliver

    async def _deliver(self, message: EmailMessage) -> None:
        await self._do(partial(self._write, message))

    async def _do(self, work: Callable[[], None]) -> None:
        try:
            await asyncio.to_thread(work)
        except OSError as error:
            raise ServerAwayError(type(error).__name__) from error

    def _write(self, message: EmailMessage) -> None:
        identity = sha256(message["Message-ID"].encode()).hexdigest()[:8]
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with atomic_write(self._folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%f}Z-{identity}.eml", mode=0o600) as file:
            file.write(message.as_bytes().decode("utf-8"))

    def _remove_old(self) -> None:
        for path in self._folder.glob("*.eml"):
            # Another worker may remove it too.
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time() - KEPT:
                    path.unlink()
