"""Limits of attempts at passwords and codes, of registrations, challenges and mails, which PostgreSQL counts for all.

How they are designed, and what they let an attacker do, stands in the migration that makes rate_limits.
"""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from api.auth.facts import TOO_MANY_ATTEMPTS
from api.auth.networks import Networks
from api.auth.queries import throttles
from api.auth.schemas import FoundLogin
from api.auth.security_events import tell
from api.mail.rendering import UndeliverableError, address_of
from api.problems.problem import Problem


class Limit(NamedTuple):
    """How many attempts at once, and the seconds in which one of them drains."""

    attempts: int
    seconds: int


DEVICE: Final = Limit(10, 360)
PAIR: Final = Limit(10, 900)
ACCOUNT: Final = Limit(60, 180)
NETWORK: Final = Limit(50, 180)
WIDE_NETWORK: Final = Limit(200, 45)
OLD_PASSWORD: Final = Limit(10, 360)
# Wrong ones: sql/migrations/0037_second_factors.sql says what it lets an attacker do.
CODE: Final = Limit(10, 3600)
REGISTRATIONS: Final = Limit(200, 180)
WIDE_REGISTRATIONS: Final = Limit(800, 45)
# Links for new passwords that a network may ask for, and the wide one around it.
RESETS: Final = Limit(50, 180)
WIDE_RESETS: Final = Limit(200, 45)
# Links to confirm an address that an account may ask for.
EMAIL_LINKS: Final = Limit(5, 720)
# An account's exports, each of which may take seconds of the database.
EXPORTS: Final = Limit(5, 720)
# An account's consents: each is a row for as long as the account is kept.
CONSENTS: Final = Limit(20, 180)
# What an address is mailed for all accounts that name it: links to confirm it, and for new passwords, and words about
# an account that hasn't confirmed it.
EMAIL_MAILS: Final = Limit(3, 1200)
RESET_MAILS: Final = Limit(3, 1200)
NOTICES: Final = Limit(5, 720)
# Of passkeys: each is a row for five minutes.
CHALLENGES: Final = Limit(200, 4)
WIDE_CHALLENGES: Final = Limit(800, 1)
# So much more do attempts from a network count during an attack.
ATTACK_WEIGHT: Final = 5


class Charge(NamedTuple):
    """What an attempt puts into the limit of a subject; the weight is 1, or that of an attack."""

    subject: str
    limit: Limit
    weight: int = 1


def login_charges(login: FoundLogin, networks: Networks) -> list[Charge]:
    """Charges of an attempt to log in: for a known device its own, else those of account and networks."""
    account = f"account:{login.username_digest}"
    if login.device_digest is not None:
        return [Charge(f"device:{login.id}:{login.device_digest.hex()}", DEVICE)]
    weight = ATTACK_WEIGHT if login.is_attack else 1
    return [
        Charge(f"{account}@{networks.own}", PAIR),
        Charge(account, ACCOUNT),
        Charge(f"network:{networks.own}", NETWORK, weight),
        Charge(f"wide:{networks.wide}", WIDE_NETWORK, weight),
    ]


def old_password_charges(user_id: int) -> list[Charge]:
    """Charges of an attempt to change a password; only its owner's session can make one."""
    return [Charge(f"old-password:{user_id}", OLD_PASSWORD)]


def code_charges(user_id: int, device_digest: bytes | None) -> list[Charge]:
    """Charges of an authenticator app's code: for a known device its own; only who knows the password can make one."""
    device = "" if device_digest is None else f":{device_digest.hex()}"
    return [Charge(f"code:{user_id}{device}", CODE)]


def first_code_charges(user_id: int) -> list[Charge]:
    """Charges of the first code of an app that is being set up: whoever has stolen a session doesn't guess it."""
    return [Charge(f"code:{user_id}:first", CODE)]


def registration_charges(networks: Networks) -> list[Charge]:
    return _of_networks("registrations", networks, REGISTRATIONS, WIDE_REGISTRATIONS)


def reset_charges(networks: Networks) -> list[Charge]:
    return _of_networks("resets", networks, RESETS, WIDE_RESETS)


def challenge_charges(networks: Networks) -> list[Charge]:
    return _of_networks("challenges", networks, CHALLENGES, WIDE_CHALLENGES)


def _of_networks(what: str, networks: Networks, own: Limit, wide: Limit) -> list[Charge]:
    return [Charge(f"{what}:{networks.own}", own), Charge(f"wide-{what}:{networks.wide}", wide)]


def email_link_charges(user_id: int) -> list[Charge]:
    return [Charge(f"email-links:{user_id}", EMAIL_LINKS)]


def export_charges(user_id: int) -> list[Charge]:
    return [Charge(f"exports:{user_id}", EXPORTS)]


def consent_charges(user_id: int) -> list[Charge]:
    return [Charge(f"consents:{user_id}", CONSENTS)]


def email_mail_charges(email: str) -> list[Charge]:
    """Charges of a link to confirm an address that any account may have named."""
    return [Charge(f"mails:{_mailbox(email)}", EMAIL_MAILS)]


def reset_mail_charges(email: str) -> list[Charge]:
    """Charges of a mail with links for new passwords."""
    return [Charge(f"reset-mails:{_mailbox(email)}", RESET_MAILS)]


def notice_charges(email: str) -> list[Charge]:
    """Charges of a word about an account that hasn't confirmed its address."""
    return [Charge(f"notices:{_mailbox(email)}", NOTICES)]


def mailbox_subjects(email: str) -> list[str]:
    """Subjects of all limits of an address."""
    charges = (*email_mail_charges(email), *reset_mail_charges(email), *notice_charges(email))
    return [charge.subject for charge in charges]


def _mailbox(email: str) -> str:
    """Digest of an address, the same for all spellings of its domain, of which DNS knows one."""
    with suppress(UndeliverableError):
        email = address_of(email).addr_spec
    return hashlib.sha256(email.rstrip(".").casefold().encode()).hexdigest()


async def has_room(charges: Sequence[Charge]) -> bool:
    """Count something, if all of its limits have room for it."""
    return await _fill(charges) is None


async def charge(charges: Sequence[Charge], user_id: int | None = None) -> None:
    """Count an attempt, at an account if there is one, before it's looked at.

    Raises:
        Problem: `too_many_attempts`; nothing is counted.

    """
    seconds = await _fill(charges)
    if seconds is not None:
        tell("throttled", user_id)
        raise Problem(TOO_MANY_ATTEMPTS, retry_after=seconds)


async def _fill(charges: Sequence[Charge]) -> int | None:
    """Fill limits, or none of them if one is full: then for how many seconds."""
    return await throttles.fill_limits(
        subject=[charge.subject for charge in charges],
        cost=[charge.limit.seconds * charge.weight for charge in charges],
        capacity=[charge.limit.seconds * charge.limit.attempts for charge in charges],
    )


async def take_out(charges: Sequence[Charge]) -> None:
    """Take a right attempt out of its limits again, and those before it that the first limit still holds."""
    await throttles.take_out(
        subject=[charge.subject for charge in charges],
        cost=[charge.limit.seconds * charge.weight for charge in charges],
    )
