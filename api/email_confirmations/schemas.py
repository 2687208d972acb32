"""JSON documents of e-mail addresses that are confirmed."""

from typing import Final

import msgspec

from api.http.schemas import Document
from api.problems.text import Text

CONFIRMED: Final = Text("Bedankt! Je e-mailadres is bevestigd.", "Thank you! Your e-mail address is confirmed.")
LINK_ON_ITS_WAY: Final = Text(
    "We hebben je een mail met een link gestuurd, als er nog een adres te bevestigen is.",
    "We have sent you a mail with a link, if there is an address to confirm.",
)


class EmailStatus(Document):
    """The caller's e-mail address; `pendingEmail` takes its place once it's confirmed."""

    email: str
    is_confirmed: bool
    pending_email: str | None

    example = {"email": "noor@example.org", "isConfirmed": True, "pendingEmail": "noor@example.com"}


class Confirmed(Document):
    """The response to a link that was used."""

    message: str

    example = {"message": CONFIRMED.nl}


class LinkSent(Document):
    """The response to a wish for another link."""

    message: str

    example = {"message": LINK_ON_ITS_WAY.nl}


class EmailOwner(msgspec.Struct):
    """The account that has confirmed an address."""

    id: int
    username: str


class EmailNotice(msgspec.Struct):
    """Whom a word to an address is for, and whether they have confirmed it."""

    username: str
    is_confirmed: bool


class ConfirmedEmail(msgspec.Struct):
    """An account whose address was confirmed, and whether that is another one than before."""

    user_id: int
    is_change: bool
