"""Mails that tell a parent that the ways to log in have changed, or that a recovery code was used."""

from collections.abc import Mapping
from typing import Final, Literal

import msgspec

from api.auth.second_factor import FACTORS_CHANGED
from api.email_confirmations.notices import find_reader
from api.mail.kinds import Message, QueuedMail, mail_kind
from api.problems.text import Text

Change = Literal["passkey_added", "passkey_removed", "recovery_codes_replaced", "totp_added", "totp_removed"]
# By support, or by a login.
Told = Literal[Change, "factors_removed", "recovery_code_used"]

_SUBJECT: Final = Text("Over je inlog bij Nestwerk", "About your login with Nestwerk")
_WHAT: Final[Mapping[Told, Text]] = {
    "factors_removed": Text(
        "We hebben zojuist de extra beveiliging van je account bij Nestwerk gehaald: je wachtwoord is nu genoeg.",
        "We have just taken the extra protection off your account with Nestwerk: your password is enough now.",
    ),
    "passkey_added": Text(
        "Er is zojuist een passkey toegevoegd aan je account bij Nestwerk.",
        "A passkey has just been added to your account with Nestwerk.",
    ),
    "passkey_removed": Text(
        "Er is zojuist een passkey weggehaald van je account bij Nestwerk.",
        "A passkey has just been removed from your account with Nestwerk.",
    ),
    "recovery_code_used": Text(
        "Er is zojuist met een herstelcode ingelogd op je account bij Nestwerk.",
        "A recovery code has just been used to log in to your account with Nestwerk.",
    ),
    "recovery_codes_replaced": Text(
        "Er zijn zojuist nieuwe herstelcodes gemaakt voor je account bij Nestwerk. De oude werken niet meer.",
        "New recovery codes have just been made for your account with Nestwerk. The old ones don't work any more.",
    ),
    "totp_added": Text(
        "Inloggen bij Nestwerk vraagt vanaf nu ook om een code van je authenticator-app.",
        "From now on, logging in to Nestwerk also asks for a code of your authenticator app.",
    ),
    "totp_removed": Text(
        "Inloggen bij Nestwerk vraagt vanaf nu niet meer om een code van je authenticator-app.",
        "From now on, logging in to Nestwerk no longer asks for a code of your authenticator app.",
    ),
}
_NOT_YOU: Final = Text(
    "Heb je dat niet zelf gedaan? Wijzig dan meteen je wachtwoord, en neem contact met ons op.",
    "Was that not you? Please change your password at once, and contact us.",
)


class _Parameters(msgspec.Struct):
    change: Told


@mail_kind(FACTORS_CHANGED)
async def factors_changed(mail: QueuedMail) -> Message | None:
    """Tell a parent what has changed."""
    if await find_reader(mail) is None:
        return None
    return mail.message(_SUBJECT, _WHAT[mail.read_parameters(_Parameters).change], _NOT_YOU)
