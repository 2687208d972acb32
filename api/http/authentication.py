"""Credentials in a request; the application finds the caller that they belong to."""

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple, Protocol


class Caller(Protocol):
    """A caller as far as HTTP is concerned: their preferred language is a tag (BCP 47) or None.

    If their session is renewed, a browser is told to keep its cookie for `seconds_left`.
    """

    @property
    def user_id(self) -> int: ...

    @property
    def preferred_language(self) -> str | None: ...

    @property
    def is_renewed(self) -> bool: ...

    @property
    def seconds_left(self) -> float: ...


class Authentication(NamedTuple):
    """Name of the session cookie, and the function that finds the caller of a token.

    `remembered` finds only those whom it needn't wait for, and is asked first.
    """

    cookie: str
    identify: Callable[[bytes], Awaitable[Caller | None]]
    remembered: Callable[[bytes], Caller | None] = lambda _: None


async def _no_caller(_: bytes) -> None:
    """Find no caller."""


# For an application without sessions.
NO_AUTHENTICATION: Final = Authentication("", _no_caller)


def bearer_token(headers: dict[bytes, bytes]) -> bytes | None:
    """Token of an `Authorization: Bearer` header (RFC 6750), or None."""
    authorization = headers.get(b"authorization")
    if authorization is None or (authorization[:7] != b"Bearer " and authorization[:7].lower() != b"bearer "):
        return None
    return authorization[7:].strip()


def cookie_name(name: str, *, secure: bool) -> str:
    """Name of a cookie; over https with the prefix that keeps other hosts from setting it (RFC 6265bis)."""
    return f"__Host-{name}" if secure else name


def session_cookie(name: str, token: str, seconds: int, *, secure: bool) -> str:
    """`Set-Cookie` of a session for this host alone; `name` is the one that `cookie_name` gives."""
    return f"{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{'; Secure' if secure else ''}"


def cookie_value(headers: dict[bytes, bytes], name: bytes) -> bytes | None:
    """Value of the cookie with this name, or None.

    Several with different values have none: browsers send the one of the longer path first, which another site of the
    same domain may have planted. Nobody else knows the value to plant the same one, and some clients send it twice.
    """
    cookies = headers.get(b"cookie")
    if cookies is None or name not in cookies:
        return None
    if cookies.count(name) == 1:
        # As nearly always, and a third of the time.
        before, _, after = cookies.partition(name)
        is_name = after[:1] == b"=" and before.rstrip()[-1:] in {b"", b";"}
        return after[1:].partition(b";")[0].rstrip() if is_name else None
    values = cookie_values(cookies, name)
    return values.pop() if len(values) == 1 else None


def cookie_values(cookies: bytes, name: bytes) -> set[bytes]:
    """Values of all cookies with this name in a `Cookie` header."""
    pairs = (pair.strip().partition(b"=") for pair in cookies.split(b";"))
    return {value for found, _, value in pairs if found == name}
