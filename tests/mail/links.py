"""The links in mails."""

import re
from email.message import EmailMessage

from tests.mail.mailbox import text_of


def links_in(mail: EmailMessage) -> list[str]:
    """Addresses in a mail, which its text and its HTML have alike."""
    links = re.findall(r"https?://\S+", text_of(mail))
    assert re.findall(r'href="(https?://[^"]+)"', text_of(mail, "html")) == links
    return links


def token_in(mail: EmailMessage) -> str:
    """Token of a mail with one link."""
    [link] = links_in(mail)
    return link.rpartition("/")[2]
