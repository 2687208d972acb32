"""Who calls: the session that a request's bearer token or cookie names."""

from typing import Final

from api.auth.caller_cache import callers
from api.auth.queries import sql
from api.auth.schemas import Caller
from api.auth.tokens import token_digest

COOKIE: Final = "nestwerk_session"
_COOKIE_PREFIX: Final = f"{COOKIE}=".encode()


async def identify(token: bytes | None) -> Caller | None:
    """Caller whose session a token names, or None for a token that is absent, malformed, unknown or expired."""
    if token is None:
        return None
    digest = token_digest(token)
    if digest is None:
        return None
    return await callers.get(digest, _look_up)


async def _look_up(digest: bytes) -> Caller | None:
    return await sql.get_caller(token_digest=digest)


def bearer_token(authorization: bytes | None) -> bytes | None:
    """Token of an `Authorization: Bearer` header."""
    if authorization is None or authorization[:7].lower() != b"bearer ":
        return None
    return authorization[7:].strip()


def cookie_token(cookies: bytes | None) -> bytes | None:
    """Token of a `Cookie` header."""
    if cookies is None or _COOKIE_PREFIX not in cookies:
        return None
    for pair in cookies.split(b";"):
        name, _, value = pair.strip().partition(b"=")
        if name == COOKIE.encode():
            return value
    return None
