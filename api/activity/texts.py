"""What a parent is told of each event of the audit trail."""

from collections.abc import Mapping
from typing import Final, Literal

from api.auth.security_events import Recorded
from api.problems.text import Text

# By `just user`, whose names stand in sql/README.md. Of an account that was erased nobody reads anything.
ByStaff = Literal[
    "account_banned",
    "account_erased",
    "account_read",
    "account_unbanned",
    "factors_removed",
    "sessions_read",
]
# Of releases before, for the year that events are kept.
Former = Literal["passkey_used", "password_reset_by_link"]

# All that audit_events may hold.
Known = Literal[Recorded, ByStaff, Former]

_PASSWORD_RESET: Final = Text("Je wachtwoord is opnieuw ingesteld.", "Your password was reset.")
_WITH_PASSKEY: Final = Text("Er is ingelogd met een passkey.", "Somebody logged in with a passkey.")
_ERASED: Final = Text("Je account is verwijderd.", "Your account was erased.")

TEXTS: Final[Mapping[str, Text]] = {
    "account_banned": Text("Je account is geblokkeerd.", "Your account was suspended."),
    "account_erased": _ERASED,
    "account_read": Text("De gegevens van je account zijn bekeken.", "The details of your account were looked at."),
    "account_unbanned": Text("De blokkade van je account is opgeheven.", "Your account is no longer suspended."),
    "code_refused": Text(
        "Iemand gaf een verkeerde code voor je account.", "Somebody gave a wrong code for your account."
    ),
    "consent_given": Text("Je toestemming is vastgelegd.", "Your consent was recorded."),
    "consent_withdrawn": Text("Je toestemming is ingetrokken.", "Your consent was withdrawn."),
    "email_change_asked": Text("Er is een ander e-mailadres opgegeven.", "Another e-mail address was given."),
    "email_change_cancelled": Text(
        "De wijziging van je e-mailadres is afgebroken.", "The change of your e-mail address was cancelled."
    ),
    "email_changed": Text("Je e-mailadres is gewijzigd.", "Your e-mail address was changed."),
    "email_confirmed": Text("Je e-mailadres is bevestigd.", "Your e-mail address was confirmed."),
    "erased": _ERASED,
    "exported": Text("Je gegevens zijn gedownload.", "Your data was downloaded."),
    "factors_removed": Text(
        "De extra beveiliging van je account is weggehaald.", "The extra protection of your account was taken off."
    ),
    "logged_in": Text("Er is ingelogd.", "Somebody logged in."),
    "logged_out": Text("Er is uitgelogd.", "Somebody logged out."),
    "login_refused": Text(
        "Iemand probeerde in te loggen met een verkeerd wachtwoord.", "Somebody tried to log in with a wrong password."
    ),
    "old_password_refused": Text(
        "Iemand die was ingelogd, gaf een verkeerd wachtwoord.", "Somebody who was logged in gave a wrong password."
    ),
    "passkey_added": Text("Er is een passkey toegevoegd.", "A passkey was added."),
    "passkey_copied": Text(
        "Een passkey is geweigerd, omdat die gekopieerd lijkt te zijn.",
        "A passkey was refused, as it seems to have been copied.",
    ),
    "passkey_refused": Text(
        "Iemand probeerde in te loggen met een passkey die niet klopte.",
        "Somebody tried to log in with a passkey that wasn't right.",
    ),
    "passkey_removed": Text("Er is een passkey weggehaald.", "A passkey was removed."),
    "passkey_used": _WITH_PASSKEY,
    "password_changed": Text("Je wachtwoord is gewijzigd.", "Your password was changed."),
    "password_reset": _PASSWORD_RESET,
    "password_reset_asked": Text("Er is een nieuw wachtwoord aangevraagd.", "A new password was asked for."),
    "password_reset_by_link": _PASSWORD_RESET,
    "recovery_code_used": Text("Er is een herstelcode gebruikt.", "A recovery code was used."),
    "recovery_codes_replaced": Text("Er zijn nieuwe herstelcodes gemaakt.", "New recovery codes were made."),
    "registered": Text("Je account is aangemaakt.", "Your account was created."),
    "second_factor_asked": Text(
        "Iemand gaf je wachtwoord, en is om een tweede stap gevraagd.",
        "Somebody gave your password, and was asked for a second step.",
    ),
    "session_ended": Text("Een sessie is beëindigd.", "A session was ended."),
    "sessions_ended": Text("Sessies zijn beëindigd.", "Sessions were ended."),
    "sessions_read": Text("De sessies van je account zijn bekeken.", "The sessions of your account were looked at."),
    "totp_added": Text("Er is een authenticator-app toegevoegd.", "An authenticator app was added."),
    "totp_removed": Text("De authenticator-app is weggehaald.", "The authenticator app was removed."),
}
# Of a login, whose event says more; a registration is an event of its own.
BY_MEANS: Final[Mapping[str, Text]] = {
    "password": Text("Er is ingelogd met je wachtwoord.", "Somebody logged in with your password."),
    "code": Text(
        "Er is ingelogd met je wachtwoord en een code van je authenticator-app.",
        "Somebody logged in with your password and a code of your authenticator app.",
    ),
    "recovery_code": Text(
        "Er is ingelogd met je wachtwoord en een herstelcode.",
        "Somebody logged in with your password and a recovery code.",
    ),
    "passkey": _WITH_PASSKEY,
}
# An event that a newer release has written.
OTHER: Final = Text("Er is iets aan je account gedaan.", "Something was done to your account.")


def text_of(event: str, means: str | None = None) -> Text:
    """Sentence about an event, in the languages of parents; of a login with the means it began with."""
    text = TEXTS.get(event, OTHER)
    return BY_MEANS.get(means or "", text) if event == "logged_in" else text
