"""Logging in: a username and a password become a session."""

from typing import Any, Final, NamedTuple, TypeAlias

from litestar import Request

from api.auth.facts import WRONG_CREDENTIALS
from api.auth.passwords import password_hasher
from api.auth.queries import accounts, sql
from api.auth.schemas import Login, SessionKey, StoredLogin, User
from api.auth.throttling import throttled
from api.auth.tokens import new_token, token_digest
from api.problems.problem import Problem

AnyRequest: TypeAlias = Request[Any, Any, Any]

# Lifetimes in seconds.
SESSION: Final = 24 * 60 * 60
REMEMBERED_SESSION: Final = 30 * SESSION
_LONGEST_USER_AGENT: Final = 200


class StartedSession(NamedTuple):
    """A new session with its token, which only the client keeps, and its lifetime in seconds."""

    key: SessionKey
    token: str
    seconds: int


async def log_in(data: Login, request: AnyRequest) -> tuple[User, StartedSession]:
    """User and a new session, if the password is right.

    Raises:
        Problem: `wrong_credentials`, or `too_many_attempts`.

    """
    # Usernames have no outer spaces, but keyboards that complete words append one.
    username = data.username.strip()
    session = None
    async with throttled(username, client_address(request)):
        while session is None:
            stored, password = await _verify(username, data.password)
            # None means that another request has replaced the account's hash meanwhile.
            session = await start_session(stored.id, password, request, remember=data.remember_me)
    await sql.remove_expired_sessions()
    return stored.user(), session


async def _verify(username: str, password: str) -> tuple[StoredLogin, str]:
    """Account whose password is right, and its hash; an old hash is replaced first.

    An unknown user takes as much work as a wrong password, and gets the same response.
    """
    stored = await accounts.get_login(username=username)
    verified = await password_hasher.verify(password, stored.password if stored else None)
    if stored is None or not verified:
        raise Problem(WRONG_CREDENTIALS)
    if not verified.rehash:
        return stored, stored.password
    renewed = await password_hasher.hash(password)
    await accounts.replace_password(
        user_id=stored.id,  # owner: whose password was right
        password=renewed,
        old_password=stored.password,
    )
    return stored, renewed


async def start_session(
    user_id: int, password: str, request: AnyRequest, *, remember: bool = False
) -> StartedSession | None:
    """Start a session; None if `password` isn't the user's hash any more."""
    token = new_token()
    digest = token_digest(token)
    assert digest is not None
    user_agent = request.headers.get("user-agent")
    seconds = REMEMBERED_SESSION if remember else SESSION
    key = await sql.add_session(
        user_id=user_id,  # owner: whose password was right, or who has just registered
        password=password,
        token_digest=digest,
        user_agent=user_agent[:_LONGEST_USER_AGENT] if user_agent else None,
        seconds=seconds,
    )
    return StartedSession(key, token, seconds) if key else None


def client_address(request: AnyRequest) -> str:
    """Address of the client, as trusted proxies report it."""
    return request.client.host if request.client else "unknown"
