"""The mail that a registration causes, by its kind; what it says stands in api/email_confirmations.

And how many mails an address gets that anybody may have named.
"""

from collections.abc import Sequence
from typing import Final

from api.auth.throttling import Charge, has_room
from api.mail.kinds import QueuedMail

CONFIRM_EMAIL: Final = "confirm_email"


async def may_be_mailed(mail: QueuedMail, charges: Sequence[Charge]) -> bool:
    """Whether the limits of an address have room for a mail; it's counted once, at its first attempt."""
    return mail.attempts > 1 or await has_room(charges)
