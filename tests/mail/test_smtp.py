"""Connections to a mail server are encrypted and log in as SMTP_URL says, or nothing is handed over."""

import asyncio
import re
import ssl
from collections.abc import Iterator

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from api.mail import smtp
from api.mail.kinds import Message
from api.mail.smtp import SmtpTransport
from api.mail.transports import ServerAwayError
from api.mail_settings import MailServer
from tests.mail.mailbox import Mailbox
from tests.mail.queue import RENDERER, queued

AUTHORITY = trustme.CA()
SECRET = "geheim & lang"


def authenticate(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"noor", SECRET.encode())
    return AuthResult(success=right, handled=False)


def context() -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    AUTHORITY.issue_cert("localhost").configure_cert(made)
    return made


@pytest.fixture(scope="module")
def secure() -> Iterator[Mailbox]:
    """A server that wants STARTTLS, and then a password."""
    made = Mailbox(tls_context=context(), require_starttls=True, auth_required=True, authenticator=authenticate)
    made.start()
    yield made
    made.stop()


def transport(mailbox: Mailbox, password: str | None = SECRET, *, trusted: bool = True) -> SmtpTransport:
    port = int(mailbox.url.rpartition(":")[2])
    server = MailServer("localhost", port, "starttls", "noor" if password else None, password)
    own = ssl.create_default_context()
    if trusted:
        AUTHORITY.configure_trust(own)
    return SmtpTransport(server, "nestwerk.example", own)


async def send(transport: SmtpTransport, recipient: str) -> None:
    async with transport.connected() as deliver:
        await deliver(RENDERER.render(queued(recipient), Message("Dag", ("Dag",))))


async def test_it_is_encrypted_and_logged_in(secure: Mailbox) -> None:
    await send(transport(secure), "noor@example.org")
    assert secure.to("noor@example.org")


@pytest.mark.parametrize(
    ("password", "trusted", "why"),
    [
        ("wrong", True, "SMTPAuthenticationError 535"),
        (None, True, "SMTPSenderRefused 530"),
        (SECRET, False, "SSLCertVerificationError"),
    ],
)
async def test_a_wrong_password_or_certificate_hands_nothing_over(
    secure: Mailbox, password: str | None, trusted: bool, why: str
) -> None:
    with pytest.raises(ServerAwayError) as raised:
        await send(transport(secure, password, trusted=trusted), "nobody@example.org")
    assert str(raised.value) == why
    assert not secure.to("nobody@example.org")


async def test_on_the_same_machine_any_certificate_does(secure: Mailbox) -> None:
    port = int(secure.url.rpartition(":")[2])
    await send(SmtpTransport(MailServer("127.0.0.1", port, "offered", "noor", SECRET), "a.example"), "here@example.org")
    assert secure.to("here@example.org")


async def test_a_server_without_starttls_gets_no_password(server: Mailbox) -> None:
    with pytest.raises(ServerAwayError, match="SMTPException"):
        await send(transport(server), "nobody@example.org")


async def test_letters_of_other_scripts_need_a_server_that_takes_them(server: Mailbox) -> None:
    own = SmtpTransport(MailServer("127.0.0.1", int(server.url.rpartition(":")[2]), "offered"), "nestwerk.example")
    await send(own, "jürgen@straße.example")
    [(recipient, mail)] = server.received
    assert recipient == "jürgen@xn--strae-oqa.example"
    assert mail["To"] == recipient


@pytest.mark.parametrize(
    ("greeting", "why"),
    [
        (None, "SMTPConnectTimeoutError"),
        (b"", "SMTPConnectError"),
        (b"554 no service for you\r\n", "SMTPConnectResponseError 554"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "SMTPConnectError|SMTPResponseException -1"),
    ],
)
async def test_a_server_that_hangs_ends_or_is_none_is_away(
    monkeypatch: pytest.MonkeyPatch, greeting: bytes | None, why: str
) -> None:
    monkeypatch.setattr(smtp, "_ANSWER", 0.2)

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if greeting is None:
            await asyncio.sleep(0.5)
        else:
            writer.write(greeting)
        writer.close()

    async with await asyncio.start_server(greet, "127.0.0.1", 0) as listening:
        server = MailServer("127.0.0.1", listening.sockets[0].getsockname()[1], "offered")
        with pytest.raises(ServerAwayError) as raised:
            await send(SmtpTransport(server, "nestwerk.example"), "nobody@example.org")
    assert re.fullmatch(why, str(raised.value))
