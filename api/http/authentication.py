"""How a request says who calls; whose credentials they are is the application's to know."""

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, Protocol


class Caller(Protocol):
    """Who calls, as far as HTTP is concerned: a language tag, or None, says what they want to be spoken to in."""

    @property
    def preferred_language(self) -> str | None: ...


class Authentication(NamedTuple):
    """The name of the cookie that holds a session's token, and what finds the caller that a token is of."""

    cookie: str
    identify: Callable[[bytes | None], Awaitable[Caller | None]]


async def _nobody(_: bytes | None) -> None:
    """Find no caller."""


# Of an application that knows no sessions.
NOBODY: Final = Authentication("", _nobody)


def bearer_token(headers: dict[bytes, bytes]) -> bytes | None:
    """Token of an `Authorization: Bearer` header (RFC 6750)."""
    authorization = headers.get(b"authorization")
    if authorization is None or authorization[:7].lower() != b"bearer ":
        return None
    return authorization[7:].strip()


def cookie_value(headers: dict[bytes, bytes], name: bytes) -> bytes | None:
    """Value of the first cookie of a name."""
    cookies = headers.get(b"cookie")
    if cookies is None or name not in cookies:
        return None
    for pair in cookies.split(b";"):
        found, _, value = pair.strip().partition(b"=")
        if found == name:
            return value
    return None
