"""The mail with links for new passwords. They are made when it's sent."""

from typing import Final

import msgspec

from api.auth.mails import may_be_mailed
from api.auth.security_events import tell
from api.auth.throttling import reset_mail_charges
from api.auth.tokens import issue_token
from api.auth.usernames import no_address
from api.mail.kinds import Link, Message, QueuedMail, mail_kind
from api.password_resets.queries import sql
from api.problems.text import Text

PASSWORD_RESET: Final = "password_reset"  # noqa: S105

# Accounts of one address that get a link, and links that each of them may have at a time.
_ACCOUNTS: Final = 10
_LINKS: Final = 3
# A mail that couldn't be sent is composed anew.
_LINKS_OF_RETRIES: Final = 10_000

_SUBJECT: Final = Text("Een nieuw wachtwoord", "A new password")
_INTRODUCTION: Final = Text(
    "Er is bij Nestwerk een nieuw wachtwoord aangevraagd voor dit e-mailadres. Kies het met deze link:",
    "A new password was asked for at Nestwerk for this e-mail address. Choose it with this link:",
)
_SEVERAL: Final = Text(
    "Er is bij Nestwerk een nieuw wachtwoord aangevraagd voor dit e-mailadres. Het hoort bij meer accounts; kies een"
    " nieuw wachtwoord voor het account dat je gebruikt:",
    "A new password was asked for at Nestwerk for this e-mail address. It belongs to several accounts; choose a new"
    " password for the one that you use:",
)
_BUTTON: Final = Text("Nieuw wachtwoord voor {username}", "New password for {username}")
_LIFETIME: Final = Text(
    "De link werkt een uur, en één keer. Heb je dit niet aangevraagd? Dan hoef je niets te doen: je wachtwoord blijft"
    " zoals het is.",
    "The link works for an hour, and once. If you didn't ask for this, you needn't do anything: your password stays as"
    " it is.",
)


class _Parameters(msgspec.Struct):
    """Whence a mail was asked for, if that's known."""

    network: str | None = None


@mail_kind(PASSWORD_RESET)
async def compose(mail: QueuedMail) -> Message | None:
    """A link for each account of an address; None if there's none, or they or it had enough of them now."""
    if not await may_be_mailed(mail, reset_mail_charges(mail.recipient)):
        return None
    tokens = [issue_token() for _ in range(_ACCOUNTS)]
    links = await sql.issue_password_resets(
        email=mail.recipient,
        token_digest=[token.digest for token in tokens],
        most=_LINKS if mail.attempts == 1 else _LINKS_OF_RETRIES,
        network=mail.read_parameters(_Parameters).network,
    )
    if not links:
        return None
    by_digest = {token.digest: token.token for token in tokens}
    for link in links:
        tell("password_reset_asked", link.id)
    return mail.message(
        _SUBJECT,
        _INTRODUCTION if len(links) == 1 else _SEVERAL,
        *(
            Link(
                _BUTTON.format(mail.language, username=no_address(link.username)),
                f"/reset-password/{by_digest[link.token_digest]}",
            )
            for link in links
        ),
        _LIFETIME,
    )
