"""Makes mails of messages: text and HTML that say the same, and the headers."""

import re
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
# A dot-atom (RFC 5322, and letters of any script by RFC 6532): who has a quoted local part can't be written to.
_LOCAL: Final = re.compile(r"[\w!#$%&'*+/=?^`{|}~.-]{1,64}")
_DOMAIN: Final = re.compile(r"[A-Za-z0-9._-]+|\[[0-9A-Za-z:.]+\]", re.ASCII)
_PATH: Final = re.compile(r"/(?!/)[!-\[\]-~]*", re.ASCII)


class UndeliverableError(Exception):
    """A recipient isn't one that mail can go to; the message says which part isn't."""


class Renderer(msgspec.Struct, frozen=True):
    """Makes mails with links to `public_url`, an origin."""

    public_url: str
    mail_from: MailFrom

    def render(self, mail: QueuedMail, message: Message) -> EmailMessage:
        """Mail of a message, as it goes to the mail server; at each attempt it has the same Message-ID.

        Raises:
            UndeliverableError: no mail can go to the recipient.
            ValueError: a subject has more than one line, or a link leads elsewhere.

        """
        recipient = address_of(mail.recipient)
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
        if not _PATH.fullmatch(link.path):
            raise ValueError("a link's path begins with one slash, and has neither spaces nor backslashes")
        return self.public_url + link.path


def address_of(text: str) -> Address:
    """An address with its domain in ASCII, as DNS has it; a local part with other letters needs SMTPUTF8.

    Raises:
        UndeliverableError: no mail can go there.

    """
    local, _, domain = text.rpartition("@")
    if not domain.isascii():
        # Few have such domains.
        import idna  # noqa: PLC0415

        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            raise UndeliverableError("domain") from None
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise UndeliverableError("address")
    return Address(username=local, domain=domain)


def _identity(mail: QueuedMail) -> str:
    return sha256(f"{mail.id} {mail.created_at.isoformat()}".encode()).hexdigest()[:32]
