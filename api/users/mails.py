"""Mails about an account."""

from typing import Final

from api.email_confirmations.notices import find_reader
from api.mail.kinds import Message, QueuedMail, mail_kind
from api.problems.text import Text

PASSWORD_CHANGED: Final = "password_changed"  # noqa: S105
# The name is also in sql/queries/erasures.sql, which queues it.
ACCOUNT_ERASED: Final = "account_erased"

_SUBJECT: Final = Text("Je wachtwoord is gewijzigd", "Your password was changed")
_WHAT: Final = Text(
    "Het wachtwoord van je account bij Nestwerk is zojuist gewijzigd. Op al je andere apparaten ben je uitgelogd.",
    "The password of your account with Nestwerk has just been changed. All your other devices have been logged out.",
)
_NOT_YOU: Final = Text(
    "Heb je dat niet zelf gedaan? Neem dan meteen contact met ons op.",
    "Was that not you? Please contact us at once.",
)

_ERASED_SUBJECT: Final = Text("Je account is verwijderd", "Your account was deleted")
_ERASED: Final = Text(
    "Je account bij Nestwerk is zojuist verwijderd, met alles wat erin stond. Dit is onze laatste mail aan je.",
    "Your account with Nestwerk has just been deleted, with everything in it. This is our last mail to you.",
)
_NOT_ERASED_BY_YOU: Final = Text(
    "Was jij dat niet? Neem dan meteen contact met ons op: wat weg is kunnen we maar kort terughalen.",
    "Was that not you? Please contact us at once: we can bring back what is gone only for a short while.",
)


@mail_kind(PASSWORD_CHANGED)
async def password_changed(mail: QueuedMail) -> Message | None:
    """Tell a parent that their password was changed."""
    if await find_reader(mail) is None:
        return None
    return mail.message(_SUBJECT, _WHAT, _NOT_YOU)


@mail_kind(ACCOUNT_ERASED)
async def account_erased(mail: QueuedMail) -> Message | None:
    """Tell a parent, whose address was confirmed, that their account is gone."""
    return mail.message(_ERASED_SUBJECT, _ERASED, _NOT_ERASED_BY_YOU)
