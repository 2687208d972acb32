"""What mails say about the address of an account. A link is made when its mail is sent."""

from typing import Final

from api.auth.mails import CONFIRM_EMAIL, may_be_mailed
from api.auth.throttling import email_mail_charges
from api.auth.tokens import issue_token
from api.auth.usernames import no_address
from api.email_confirmations.notices import find_reader
from api.email_confirmations.queries import sql
from api.mail.kinds import Link, Message, QueuedMail, mail_kind
from api.problems.text import Text

EMAIL_CHANGE_ASKED: Final = "email_change_asked"

_SUBJECT: Final = Text("Bevestig je e-mailadres", "Confirm your e-mail address")
_REGISTERED: Final = Text(
    "Er is bij Nestwerk een account gemaakt met dit e-mailadres. Ben jij dat? Bevestig dan dat het adres van jou is.",
    "An account was created at Nestwerk with this e-mail address. Was it you? Then confirm that the address is yours.",
)
_CHANGED: Final = Text(
    "Dit wordt het nieuwe e-mailadres van je account bij Nestwerk, zodra je bevestigt dat het van jou is.",
    "This becomes the new e-mail address of your account at Nestwerk as soon as you confirm that it's yours.",
)
_BUTTON: Final = Text("E-mailadres bevestigen", "Confirm e-mail address")
_LIFETIME: Final = Text(
    "De link werkt drie dagen. Ken je Nestwerk niet? Dan hoef je niets te doen, en horen we je adres niet te hebben.",
    "The link works for three days. If you don't know Nestwerk, you needn't do anything: the address was mistyped.",
)
_TAKEN: Final = Text("Je hebt al een account", "You already have an account")
_TAKEN_BY: Final = Text(
    "Er is bij Nestwerk een ander account met dit e-mailadres gemaakt, of een ander account moest dit adres krijgen."
    " Het hoort al bij jouw account {username}, en dat blijft zo.",
    "At Nestwerk, another account was created with this e-mail address, or another account was to get it. It already"
    " belongs to your account {username}, and that stays so.",
)
_TAKEN_ADVICE: Final = Text(
    "Was jij dat? Log dan in als {username}; weet je het wachtwoord niet meer, vraag dan een nieuw aan."
    " Was jij het niet? Dan hoef je niets te doen.",
    "Was it you? Then log in as {username}; if you don't remember the password, ask for a new one. If it wasn't you,"
    " you needn't do anything.",
)
_NOTICE: Final = Text("Je e-mailadres wordt gewijzigd", "Your e-mail address is being changed")
_NOTICE_TEXT: Final = Text(
    "Voor je account {username} bij Nestwerk is een ander e-mailadres opgegeven. Dat vervangt dit adres zodra het"
    " bevestigd is.",
    "Another e-mail address was given for your account {username} at Nestwerk. It takes the place of this one as soon"
    " as it's confirmed.",
)
_NOTICE_ADVICE: Final = Text(
    "Was jij dat niet? Vraag dan meteen een nieuw wachtwoord aan met dit e-mailadres: dat stopt de wijziging en logt"
    " iedereen uit.",
    "If it wasn't you, ask for a new password with this e-mail address at once: that stops the change and logs"
    " everybody out.",
)


@mail_kind(CONFIRM_EMAIL)
async def compose_confirmation(mail: QueuedMail) -> Message | None:
    """A link to confirm an address, or, if it's somebody else's confirmed one, a word to them."""
    if mail.user_id is None or not await may_be_mailed(mail, email_mail_charges(mail.recipient)):
        return None
    token, digest = issue_token()
    is_change = await sql.issue_confirmation(
        user_id=mail.user_id,  # owner: whom the mail is for
        email=mail.recipient,
        token_digest=digest,
    )
    if is_change is None:
        return None
    owner = await sql.find_email_owner(email=mail.recipient)
    if owner is not None and owner.id != mail.user_id:
        return mail.message(_TAKEN, _TAKEN_BY, _TAKEN_ADVICE, username=no_address(owner.username))
    # No name is in it: it's chosen by whoever gave the address, who may not be its reader.
    return mail.message(
        _SUBJECT,
        _CHANGED if is_change else _REGISTERED,
        Link(_BUTTON.format(mail.language), f"/confirm-email/{token}"),
        _LIFETIME,
    )


@mail_kind(EMAIL_CHANGE_ASKED)
async def compose_notice(mail: QueuedMail) -> Message | None:
    """A word to the address that another is to take the place of."""
    reader = await find_reader(mail)
    if reader is None:
        return None
    return mail.message(_NOTICE, _NOTICE_TEXT, _NOTICE_ADVICE, username=no_address(reader.username))
