"""Makes mails of messages: text and HTML that say the same, and the headers."""

from collections.abc import Iterator
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, localtime
from hashlib import sha256
from html import escape
from string import Template
from typing import Final

import msgspec

from api.mail.kinds import Link, Message, QueuedMail
from api.mail_settings import MailFrom, mail_domain
from api.paths import API

_LAYOUT: Final = Template((API / "mail" / "layout.html").read_text("utf-8"))


class UndeliverableError(Exception):
    """A recipient isn't one that mail can go to."""


class Renderer(msgspec.Struct, frozen=True):
    """Makes mails with links to `public_url`, an origin."""

    public_url: str
    mail_from: MailFrom

    def render(self, mail: QueuedMail, message: Message) -> EmailMessage:
        """Mail of a message, as it goes to the mail server; at each attempt it has the same Message-ID.

        Raises:
            UndeliverableError: the recipient has no domain that a mail can go to.
            ValueError: a subject has more than one line, or a link leads elsewhere.

        """
        recipient = _address(mail.recipient)
        rendered = EmailMessage(policy=SMTP if recipient.addr_spec.isascii() else SMTPUTF8)
        rendered["From"] = Address(self.mail_from.name, addr_spec=self.mail_from.address)
        rendered["To"] = recipient
        rendered["Subject"] = message.subject
        rendered["Date"] = format_datetime(localtime())
        rendered["Message-ID"] = f"<{_identity(mail)}@{mail_domain(self.public_url)}>"
        rendered["Auto-Submitted"] = "auto-generated"
        rendered["Content-Language"] = mail.language
        rendered.set_content("\n\n".join(self._lines(message)) + "\n", cte="quoted-printable")
        rendered.add_alternative(self._html(mail, message), subtype="html", cte="quoted-printable")
        return rendered

    def _lines(self, message: Message) -> Iterator[str]:
        for paragraph in message.paragraphs:
            yield f"{paragraph.label}:\n{self._url(paragraph)}" if isinstance(paragraph, Link) else paragraph

    def _html(self, mail: QueuedMail, message: Message) -> str:
        return _LAYOUT.substitute(
            language=mail.language,
            subject=escape(message.subject),
            paragraphs="\n".join(
                f'<p><a href="{escape(self._url(each))}">{escape(each.label)}</a></p>'
                if isinstance(each, Link)
                else f"<p>{escape(each)}</p>"
                for each in message.paragraphs
            ),
        )

    def _url(self, link: Link) -> str:
        if not link.path.startswith("/") or not link.path.isprintable() or " " in link.path:
            raise ValueError("a link's path begins with a slash and has no spaces")
        return self.public_url + link.path


def _address(text: str) -> Address:
    local, _, domain = text.rpartition("@")
    try:
        return Address(username=local, domain=domain.encode("idna").decode("ascii"))
    except ValueError:
        raise UndeliverableError from None


def _identity(mail: QueuedMail) -> str:
    return sha256(f"{mail.id} {mail.created_at.isoformat()}".encode()).hexdigest()[:32]
