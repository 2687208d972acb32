"""Mails with links, and what stands in them."""

import asyncio
import re
from email.message import EmailMessage

from api.database.aliases import Connection
from tests.mail.mailbox import PATIENCE, mailbox, text_of


def links_in(mail: EmailMessage) -> list[str]:
    """Addresses in a mail, which its text and its HTML have alike."""
    links = re.findall(r"https?://\S+", text_of(mail))
    assert re.findall(r'href="(https?://[^"]+)"', text_of(mail, "html")) == links
    return links


def token_in(mail: EmailMessage) -> str:
    """Token of a mail with one link."""
    [link] = links_in(mail)
    return link.rpartition("/")[2]


def mails_about(recipient: str, subject: str) -> list[EmailMessage]:
    return [mail for mail in mailbox.to(recipient) if mail["Subject"] == subject]


async def mail_about(recipient: str, subject: str, number: int = 1) -> EmailMessage:
    """The first mail to somebody with this subject, or the one with that number."""
    async with asyncio.timeout(PATIENCE):
        while len(mails_about(recipient, subject)) < number:
            await asyncio.sleep(0.01)
    return mails_about(recipient, subject)[number - 1]


async def all_mailed(database: Connection, recipient: str) -> list[str]:
    """Subjects of somebody's mails, once none waits for them any more."""
    async with asyncio.timeout(PATIENCE):
        while await database.fetchval("select exists(select from mails where recipient = $1)", recipient):
            await asyncio.sleep(0.01)
    return [mail["Subject"] for mail in mailbox.to(recipient)]
