"""JSON documents of password resets."""

from typing import Final

import msgspec

from api.auth.schemas import NewPassword
from api.http.schemas import Document, Email, Input
from api.problems.text import Text

RESET_ASKED: Final = Text(
    "Als er een account met dit e-mailadres is, krijg je zo een mail met een link. Kijk ook bij je ongewenste mail.",
    "If there is an account with this e-mail address, you'll get a mail with a link soon. Please look in your spam"
    " folder too.",
)
RESET_DONE: Final = Text(
    "Je wachtwoord is gewijzigd. Je kunt nu inloggen.", "Your password has been changed. You can log in now."
)


class ResetRequest(Input):
    """The address that a link is mailed to."""

    email: Email

    example = {"email": "noor@example.org"}


class PasswordReset(Input):
    """The new password."""

    password: NewPassword

    example = {"password": "een lange zin onthoudt beter"}


class ResetAsked(Document):
    """The response to every wish for a link, whether there is such an account or not."""

    message: str

    example = {"message": RESET_ASKED.nl}


class ResetDone(Document):
    """The response to a link that was used."""

    message: str

    example = {"message": RESET_DONE.nl}


class IssuedReset(msgspec.Struct):
    """A link that was made, by the digest of its token, and the account that it's for."""

    id: int
    username: str
    token_digest: bytes


class ResetAccount(msgspec.Struct):
    """The account of a link."""

    id: int
    email: str
