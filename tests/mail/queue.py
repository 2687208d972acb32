"""A queue of mails of a kind that only one test knows, and a worker's sender in the test's own process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from random import choices
from secrets import token_hex
from string import ascii_lowercase
from typing import Any, Final

import msgspec
import pytest

from api.database.aliases import Connection
from api.mail.kinds import KINDS, Message, QueuedMail
from api.mail.queries import mails
from api.mail.rendering import Renderer
from api.mail.sending import Sender
from api.mail.smtp import SmtpTransport
from api.mail.transports import Transport
from api.mail_settings import MailFrom, read_smtp_url
from api.problems.text import Language
from tests.mail.mailbox import PATIENCE

RENDERER: Final = Renderer("https://nestwerk.example", MailFrom("Nestwerk", "post@nestwerk.example"))


def queued(recipient: str, language: Language = "nl") -> QueuedMail:
    """A mail as a worker has taken it."""
    moment = datetime(2026, 11, 26, tzinfo=UTC)
    return QueuedMail(7, None, "tested", recipient, language, msgspec.Raw(b"{}"), 1, moment)


class Queue:
    """Mails of one kind to one recipient."""

    def __init__(self, database: Connection, patch: pytest.MonkeyPatch) -> None:
        self.database = database
        self.kind = f"tested_{''.join(choices(ascii_lowercase, k=12))}"
        self.recipient = f"{token_hex(8)}@example.org"
        # How often a mail was composed.
        self.composed = 0
        # What is composed: a message, nothing, or an error.
        self.outcome: Message | Exception | None = Message("Onderwerp", ("Dag allemaal.",))
        patch.setitem(KINDS, self.kind, self._compose)

    async def _compose(self, _: QueuedMail) -> Message | None:
        self.composed += 1
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    async def add(self, recipient: str | None = None, **parameters: Any) -> None:
        await mails.add_mail(
            user_id=None,
            kind=self.kind,
            recipient=recipient or self.recipient,
            language="nl",
            parameters=parameters,
        )

    async def attempts(self) -> list[int]:
        """Attempts of the mails that wait."""
        rows = await self.database.fetch("select attempts from mails where kind = $1 order by id", self.kind)
        return [attempts for (attempts,) in rows]

    async def until(self, attempts: list[int]) -> None:
        """Wait until these are the attempts of the mails that wait."""
        async with asyncio.timeout(PATIENCE):
            while await self.attempts() != attempts:
                await asyncio.sleep(0.01)

    async def until_composed(self) -> None:
        """Wait until a mail was composed."""
        async with asyncio.timeout(PATIENCE):
            while not self.composed:
                await asyncio.sleep(0.01)

    async def make_due(self) -> None:
        """Let the waits for the next attempt be over."""
        await self.database.execute("update mails set due_at = now() where kind = $1", self.kind)


@asynccontextmanager
async def sending(transport: Transport) -> AsyncIterator[Sender]:
    """A sender that runs within the block, and has begun to look whether mails are due."""
    sender = Sender(transport, RENDERER)
    async with sender.running():
        sender.wake()
        yield sender


def smtp(url: str) -> SmtpTransport:
    server = read_smtp_url({"SMTP_URL": url})
    assert server is not None
    return SmtpTransport(server, "nestwerk.example")
