"""Mails about an account."""

from typing import Final

from api.email_confirmations.notices import find_reader
from api.mail.kinds import Message, QueuedMail, mail_kind
from api.problems.text import Text

PASSWORD_CHANGED: Final = "password_changed"  # noqa: S105

_SUBJECT: Final = Text("Je wachtwoord is gewijzigd", "Your password was changed")
_WHAT: Final = Text(
    "Het wachtwoord van je account bij Nestwerk is zojuist gewijzigd. Op al je andere apparaten ben je uitgelogd.",
    "The password of your account with Nestwerk has just been changed. All your other devices have been logged out.",
)
_NOT_YOU: Final = Text(
    "Heb je dat niet zelf gedaan? Neem dan meteen contact met ons op.",
    "Was that not you? Please contact us at once.",
)


@mail_kind(PASSWORD_CHANGED)
async def password_changed(mail: QueuedMail) -> Message | None:
    """Tell a parent that their password was changed."""
    if await find_reader(mail) is None:
        return None
    return mail.message(_SUBJECT, _WHAT, _NOT_YOU)
