"""Identifies the caller by the session token of a request."""

import hashlib
from typing import Final

from msgspec.structs import replace

from api.auth.caller_cache import CallerCache
from api.auth.queries import sql
from api.auth.renewals import renewals
from api.auth.schemas import Caller
from api.auth.tokens import LENGTH, token_digest

COOKIE: Final = "nestwerk_session"


def remembered(token: bytes) -> Caller | None:
    """Caller of a session token whom the cache has; a malformed token's digest is none that it may have."""
    return callers.remembered(hashlib.sha256(token).digest()) if len(token) == LENGTH else None


async def identify(token: bytes) -> Caller | None:
    """Caller of a session token, or None if the token is malformed, unknown or expired."""
    digest = token_digest(token)
    return None if digest is None else await callers.looked_up(digest, _look_up)


async def _look_up(digest: bytes) -> Caller | None:
    caller = await sql.get_caller(token_digest=digest)
    if caller is not None and caller.is_due:
        seconds_left = await renewals.renew(digest)
        if seconds_left is not None:
            return replace(caller, seconds_left=seconds_left, is_due=False, is_renewed=True)
    return caller


async def _look_ahead(digest: bytes) -> Caller | None:
    """Caller of a token, unless their session is due: a browser is told of a renewal by the request that did it."""
    caller = await sql.get_caller(token_digest=digest)
    return None if caller is None or caller.is_due else caller


callers: Final = CallerCache(_look_ahead)
