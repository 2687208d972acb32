"""Logging in: from a username and a password to a session."""

from typing import Any, Final, NamedTuple, TypeAlias

from litestar import Request

from api.auth.passwords import password_hasher
from api.auth.queries import sql
from api.auth.schemas import Login, SessionKey, User, normal_username
from api.auth.throttling import throttled
from api.auth.tokens import new_token, token_digest
from api.http.problems import Problem
from api.users.queries import sql as users

AnyRequest: TypeAlias = Request[Any, Any, Any]

# Seconds.
SESSION: Final = 24 * 60 * 60
REMEMBERED_SESSION: Final = 30 * SESSION
_LONGEST_USER_AGENT: Final = 200


class Started(NamedTuple):
    """A session just made, and the token that only its client knows."""

    key: SessionKey
    token: str
    seconds: int


async def log_in(data: Login, request: AnyRequest) -> tuple[User, Started]:
    """User and new session for the right password.

    An unknown user costs as much work as a wrong password, and gets the same answer.

    Raises:
        Problem: `wrong_credentials`, or `too_many_attempts`.

    """
    async with throttled(data.username, client_address(request)):
        stored = await users.get_login(username=normal_username(data.username))
        verified = await password_hasher.verify(data.password, stored.password if stored else None)
        if stored is None or not verified.matches:
            raise Problem("wrong_credentials")
    if verified.rehash:
        password = await password_hasher.hash(data.password)
        # If the password was changed meanwhile, the hash checked here is gone and nothing happens.
        await users.replace_password(user_id=stored.id, password=password, old_password=stored.password)
    return stored.user(), await start_session(stored.id, request, remember=data.remember_me)


async def start_session(user_id: int, request: AnyRequest, *, remember: bool = False) -> Started:
    """Make a session for a user."""
    token = new_token()
    digest = token_digest(token)
    if digest is None:
        raise AssertionError
    user_agent = request.headers.get("user-agent")
    seconds = REMEMBERED_SESSION if remember else SESSION
    key = await sql.add_session(
        user_id=user_id,
        token_digest=digest,
        user_agent=storable(user_agent)[:_LONGEST_USER_AGENT] if user_agent else None,
        seconds=seconds,
    )
    return Started(key, token, seconds)


def client_address(request: AnyRequest) -> str:
    """Address of the client, told by the proxies that are trusted."""
    return request.client.host if request.client else "unknown"


def storable(text: str) -> str:
    """Text of a header without what PostgreSQL can't hold."""
    return text.replace("\0", "")
