"""Callers, logins and sessions."""

from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from api.auth.common_passwords import is_common
from api.auth.usernames import LONGEST, refuse_disallowed
from api.http.schemas import Document, Email, Input, Moment
from api.problems.text import Text

REGISTERED: Final = Text("Welkom! Je account is aangemaakt.", "Welcome! Your account has been created.")
LOGGED_IN: Final = Text("Fijn dat je er weer bent.", "Good to see you again.")
LOGGED_OUT: Final = Text("Je bent uitgelogd. Tot gauw!", "You are logged out. See you soon!")
NOT_USERNAME: Final = Text(
    "mag niet met een spatie beginnen of eindigen, en geen nieuwe regel bevatten",
    "must not begin or end with a space, nor contain a new line",
)
NOT_CODE: Final = Text("moet uit zes cijfers bestaan", "must be six digits")
COMMON_PASSWORD: Final = Text(
    "is erg bekend en dus makkelijk te raden; kies iets anders",
    "is widely used and so easy to guess; please choose something else",
)


# What a session begins with: a new account, the password alone, the password and a code, or a passkey.
Means = Literal["registration", "password", "code", "recovery_code", "passkey"]


class Caller(msgspec.Struct, frozen=True, gc=False):
    """The user of a session.

    `parent_profile_id` is the negative `user_id` while the user has no profile: no row has that key, so nothing is
    found and nothing can be added; and no other user has it, as shares of the database are counted by it.
    `seconds_left` is the remaining lifetime of the session. It `is_due` to be renewed in the second half of its life,
    and `is_renewed` for a minute after that: then answers tell a browser to keep its cookie for longer.
    """

    user_id: int
    session_id: int
    parent_profile_id: int
    preferred_language: str | None
    seconds_left: float
    is_due: bool = False
    is_renewed: bool = False


def _refuse_common(password: str) -> Text | None:
    return COMMON_PASSWORD if is_common(password) else None


Username = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=LONGEST,
        pattern=r"^\S(.*\S)?$(?!\n)",
        description="By RFC 8265, in one or more words; unique whatever its letter case, width and composition.",
        extra={"message": NOT_USERNAME, "rule": refuse_disallowed},
    ),
]
NewPassword = Annotated[
    str,
    Meta(
        min_length=8,
        max_length=256,
        description=(
            "None of the 3,000 most common, and one that takes 100 million guesses by zxcvbn's estimate, which knows"
            " the account's own words and Dutch ones."
        ),
        extra={"rule": _refuse_common},
    ),
]
# Accounts of the previous system may have any password.
Password = Annotated[str, Meta(max_length=1024)]


DeviceToken = Annotated[
    str,
    Meta(
        max_length=200,
        description="What an API client got when it last logged in to this account; a browser has a cookie.",
    ),
]


Code = Annotated[
    str,
    Meta(
        max_length=7,
        pattern=r"^[0-9]{3} ?[0-9]{3}$(?!\n)",
        description="Of an authenticator app: six digits, which count once.",
        extra={"message": NOT_CODE},
    ),
]
RecoveryCode = Annotated[str, Meta(max_length=100, description="In place of a code; counts once.")]


Purpose = Annotated[
    str,
    Meta(
        max_length=50,
        pattern=r"^[a-z]+(_[a-z]+)*$(?!\n)",
        description="What a text is for: `terms`, `privacy`, `health_data`, or another word.",
    ),
]
Version = Annotated[int, Meta(ge=1, le=2**31 - 1, description="Version of a text, as it was shown.")]


class NewConsent(Input):
    """A text that the parent agrees to."""

    purpose: Purpose
    version: Version

    example = {"purpose": "health_data", "version": 1}


Answers = Annotated[
    list[NewConsent],
    Meta(
        max_length=50,
        description=(
            "Current texts that the parent agrees to, of all that were shown: the others are declined. An account"
            " that is made without it is asked later."
        ),
    ),
]


class Registration(Input):
    """A new account."""

    username: Username
    email: Email
    password: NewPassword
    consents: Answers | UnsetType = UNSET

    example = {
        "username": "noor",
        "email": "noor@example.org",
        "password": "een lange zin onthoudt beter",
        "consents": [{"purpose": "terms", "version": 1}, {"purpose": "health_data", "version": 1}],
    }


class Login(Input):
    """Username and password; and of an account with a second factor a code or a recovery code, which goes first."""

    username: Annotated[str, Meta(max_length=254)]
    password: Password
    remember_me: bool = False
    device_token: DeviceToken | None = None
    code: Code | None = None
    recovery_code: RecoveryCode | None = None

    example = {"username": "noor", "password": "een lange zin onthoudt beter", "rememberMe": True}


class User(Document):
    """An account, as its owner sees it; `consentNeeded` if a current text of `/api/consent-texts` has no answer yet."""

    id: int
    username: str
    email: str
    profile_picture: str | None
    consent_needed: bool

    example = {
        "id": 5,
        "username": "noor",
        "email": "noor@example.org",
        "profilePicture": None,
        "consentNeeded": False,
    }


class Welcome(Document):
    """The response to a registration or a login in the web client."""

    message: str
    user: User

    example = {"message": LOGGED_IN.nl, "user": User.example}


class Farewell(Document):
    """The response to a logout."""

    message: str

    example = {"message": LOGGED_OUT.nl}


class NewSession(Document):
    """A new session of an API client; no other response contains its token."""

    token: str
    expires_at: Moment
    device_token: str
    user: User

    example = {
        "token": "zdCQ0WVvsqCYgFwBzfBGvkXl1yGkSHcQ7xMBnMW8PqM",
        "expiresAt": "2026-03-31T19:20:00.123456Z",
        "deviceToken": "zdCQ0WVvsqCYgFwBzfBGvkXl1yGkSHcQ7xMBnMW8PqM",
        "user": User.example,
    }


class NewToken(Document):
    """What an API client has from now on, in place of its former token; no other response contains it."""

    token: str
    expires_at: Moment
    device_token: str

    example = {name: value for name, value in NewSession.example.items() if name != "user"}


class Session(Document):
    """A session of the caller; `current` marks the one of this request."""

    id: int
    created_at: Moment
    expires_at: Moment
    user_agent: str | None
    current: bool

    example = {
        "id": 88,
        "createdAt": "2026-03-01T19:20:00.123456Z",
        "expiresAt": "2026-03-31T19:20:00.123456Z",
        "userAgent": "Mozilla/5.0",
        "current": True,
    }


class FoundLogin(msgspec.Struct):
    """What is known of a login before its password is checked; the account's columns are None if there is none.

    `device_digest` is that of the client's device, if the account knows it.
    """

    username_digest: str
    is_attack: bool
    device_digest: bytes | None
    is_banned: bool
    has_second_factor: bool
    id: int | None
    username: str | None
    email: str | None
    profile_picture: str | None
    consent_needed: bool
    password: str | None

    def user(self) -> User | None:
        if self.id is None or self.username is None or self.email is None:
            return None
        return User(self.id, self.username, self.email, self.profile_picture, self.consent_needed)


class OwnWords(msgspec.Struct):
    """What everybody may know of an account's owner: username, e-mail address, and the names in the profile."""

    username: str
    email: str
    names: list[str] = []


class Factors(msgspec.Struct):
    """What a login can be completed with, besides the password; `sealed_secret` is that of an authenticator app."""

    sealed_secret: bytes | None
    has_passkeys: bool
    has_recovery_codes: bool


class SessionKey(msgspec.Struct):
    """Key and end of a new session."""

    id: int
    expires_at: datetime


class RenewedSession(msgspec.Struct):
    """Key, end and remaining seconds of a session with a new token."""

    id: int
    expires_at: datetime
    seconds: int
