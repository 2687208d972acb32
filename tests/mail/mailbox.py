"""A mail server on loopback, and the mails that it got.

Services of tests send theirs to `mailbox`. Tests of the sending itself have servers of their own, which refuse, hang or
go down.
"""

import asyncio
import threading
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope, Session

# Seconds that a test waits for a mail.
PATIENCE: Final = 10.0


class Mailbox:
    """Takes all mails, in a thread of its own from when its `url` is first asked for, or `start`."""

    def __init__(self, **options: Any) -> None:
        """Take options of aiosmtpd's server, such as its TLS context."""
        # In the order in which they came, each with the recipient of its envelope.
        self.received: list[tuple[str, EmailMessage]] = []
        # What is answered to a command other than success: a line, or None, and the connection is cut.
        self.answers: dict[str, str | None] = {}
        # Seconds until it's said that a mail was taken.
        self.delay = 0.0
        self.connections = 0
        self.refused = 0
        self._options = {"hostname": "localhost", "enable_SMTPUTF8": True, **options}
        self._port = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        if self._loop is None:
            self.start()
        return f"smtp://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Begin to listen, on the same port as before if it did before."""
        started = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(started)), daemon=True)
        self._thread.start()
        assert started.wait(10)

    def stop(self) -> None:
        """Listen no more, and cut all connections."""
        assert self._loop is not None
        self._loop.call_soon_threadsafe(self._stopped.set)
        self._thread.join(10)

    async def _serve(self, started: threading.Event) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        server = await self._loop.create_server(self._connected, "127.0.0.1", self._port)
        self._port = server.sockets[0].getsockname()[1]
        started.set()
        await self._stopped.wait()
        server.close()

    def _connected(self) -> SMTP:
        self.connections += 1
        return SMTP(self, **self._options)

    def _answer(self, command: str, server: SMTP) -> str:
        answer = self.answers.get(command, "250 OK")
        self.refused += answer != "250 OK"
        if answer is None:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return answer or ""

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._answer("MAIL", server)

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self._answer("RCPT", server)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if (answer := self._answer("DATA", server)) != "250 OK":
            return answer
        assert isinstance(envelope.original_content, bytes)
        message = message_from_bytes(envelope.original_content, policy=default)
        assert isinstance(message, EmailMessage)
        self.received += [(recipient, message) for recipient in envelope.rcpt_tos]
        await asyncio.sleep(self.delay)
        return "250 OK"

    def to(self, recipient: str) -> list[EmailMessage]:
        """Mails that somebody got so far."""
        return [message for to, message in self.received if to == recipient]

    async def wait_for(self, recipient: str, count: int = 1) -> list[EmailMessage]:
        """Mails to somebody, as soon as there are so many."""
        async with asyncio.timeout(PATIENCE):
            while len(self.to(recipient)) < count:
                await asyncio.sleep(0.01)
        return self.to(recipient)


mailbox: Final = Mailbox()


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    """The text of a mail, or its `html`."""
    part = message.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content()).replace("\r\n", "\n")
