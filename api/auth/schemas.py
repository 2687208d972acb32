"""Callers, logins and sessions."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from api.auth.common_passwords import is_common
from api.http.schemas import Document, Email, Input, Moment
from api.problems.text import Text

REGISTERED: Final = Text("Welkom! Je account is aangemaakt.", "Welcome! Your account has been created.")
LOGGED_IN: Final = Text("Fijn dat je er weer bent.", "Good to see you again.")
LOGGED_OUT: Final = Text("Je bent uitgelogd. Tot gauw!", "You are logged out. See you soon!")
NOT_USERNAME: Final = Text(
    "mag niet met een spatie beginnen of eindigen, en geen nieuwe regel bevatten",
    "must not begin or end with a space, nor contain a new line",
)
COMMON_PASSWORD: Final = Text(
    "is erg bekend en dus makkelijk te raden; kies iets anders",
    "is widely used and so easy to guess; please choose something else",
)


class Caller(msgspec.Struct, frozen=True, gc=False):
    """The user of a session.

    `parent_profile_id` is 0 while the user has no profile: no row has that key, so nothing is found and nothing can be
    added. `seconds_left` is the remaining lifetime of the session.
    """

    user_id: int
    session_id: int
    parent_profile_id: int
    preferred_language: str | None
    seconds_left: float


def _refuse_common(password: str) -> Text | None:
    return COMMON_PASSWORD if is_common(password) else None


Username = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=100,
        pattern=r"^\S(.*\S)?$(?!\n)",
        description="Unique whatever its letter case.",
        extra={"message": NOT_USERNAME},
    ),
]
NewPassword = Annotated[
    str,
    Meta(
        min_length=8,
        max_length=256,
        description="Anything but the 3,000 most common passwords.",
        extra={"rule": _refuse_common},
    ),
]
# Accounts of the previous system may have any password.
Password = Annotated[str, Meta(max_length=1024)]


class Registration(Input):
    """A new account."""

    username: Username
    email: Email
    password: NewPassword

    example = {"username": "noor", "email": "noor@example.org", "password": "een lange zin onthoudt beter"}


class Login(Input):
    """Username and password."""

    username: Annotated[str, Meta(max_length=254)]
    password: Password
    remember_me: bool = False

    example = {"username": "noor", "password": "een lange zin onthoudt beter", "rememberMe": True}


class User(Document):
    """An account, as its owner sees it."""

    id: int
    username: str
    email: str
    profile_picture: str | None

    example = {"id": 5, "username": "noor", "email": "noor@example.org", "profilePicture": None}


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
    user: User

    example = {
        "token": "zdCQ0WVvsqCYgFwBzfBGvkXl1yGkSHcQ7xMBnMW8PqM",
        "expiresAt": "2026-03-31T19:20:00.123456Z",
        "user": User.example,
    }


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


class StoredLogin(msgspec.Struct):
    """An account with its stored password hash."""

    id: int
    username: str
    email: str
    profile_picture: str | None
    password: str

    def user(self) -> User:
        return User(self.id, self.username, self.email, self.profile_picture)


class SessionKey(msgspec.Struct):
    """Key and end of a new session."""

    id: int
    expires_at: datetime
