"""Hands mails over to a mail server."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from functools import partial
from typing import Final

from aiosmtplib import SMTP
from aiosmtplib.errors import (
    SMTPException,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from api.mail.transports import Deliver, RecipientRefusedError, ServerAwayError, TryLaterError
from api.mail_settings import Encryption, MailServer

# Seconds for one answer of the server, for a connection until it may be used, and for a whole mail.
_ANSWER: Final = 10.0
_CONNECT: Final = 20.0
_MAIL: Final = 30.0
_START_TLS: Final[dict[Encryption, bool | None]] = {"tls": False, "starttls": True, "offered": None}
_PERMANENT: Final = 500


class SmtpTransport:
    """Hands mails over to a mail server, several on a connection."""

    def __init__(self, server: MailServer, domain: str, trusted: ssl.SSLContext | None = None) -> None:
        """Take the server, the domain that mails come from, and whom to trust other than the system does."""
        self._server = server
        self._domain = domain
        self._trusted = trusted

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[Deliver]:
        client = SMTP(
            hostname=self._server.host,
            port=self._server.port,
            username=self._server.user,
            password=self._server.password,
            local_hostname=self._domain,
            timeout=_ANSWER,
            use_tls=self._server.encryption == "tls",
            start_tls=_START_TLS[self._server.encryption],
            # Within this machine nobody listens, and a local server's certificate is seldom a public one.
            validate_certs=self._server.encryption != "offered" and self._trusted is None,
            tls_context=self._trusted,
        )
        try:
            async with asyncio.timeout(_CONNECT):
                await client.connect()
        except (SMTPException, OSError, ValueError) as error:
            client.close()
            raise ServerAwayError(_reason(error)) from error
        try:
            yield partial(_deliver, client)
        except BaseException:
            client.close()
            raise
        await _quit(client)


async def _deliver(client: SMTP, message: EmailMessage) -> None:
    try:
        async with asyncio.timeout(_MAIL):
            await client.send_message(message)
    except SMTPRecipientsRefused as error:
        [refusal] = error.recipients
        kind = RecipientRefusedError if refusal.code >= _PERMANENT else TryLaterError
        raise kind(str(refusal.code)) from error
    except SMTPNotSupported as error:
        raise RecipientRefusedError(_reason(error)) from error
    except SMTPSenderRefused as error:
        raise ServerAwayError(_reason(error)) from error
    except (SMTPException, OSError) as error:
        raise TryLaterError(_reason(error)) from error


async def _quit(client: SMTP) -> None:
    try:
        await client.quit()
    except (SMTPException, OSError):
        pass
    finally:
        client.close()


def _reason(error: Exception) -> str:
    """Type of an error, and the server's code; its text may quote an address."""
    code = f" {error.code}" if isinstance(error, SMTPResponseException) else ""
    return f"{type(error).__name__}{code}"
