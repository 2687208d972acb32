"""Logging in: a username and a password become a session."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple, cast

from api.auth.cookies import AnyRequest
from api.auth.devices import Device
from api.auth.facts import ACCOUNT_SUSPENDED, WRONG_CREDENTIALS
from api.auth.failures import note_failure
from api.auth.networks import client_network, networks_of
from api.auth.passwords import password_hasher
from api.auth.queries import accounts, sql
from api.auth.schemas import FoundLogin, Login, Means, SessionKey, User
from api.auth.second_factor import Completion, check_second_factor
from api.auth.security_events import tell
from api.auth.throttling import charge, login_charges, take_out
from api.auth.tokens import issue_token
from api.http.current import RequestScope
from api.metrics import Counter
from api.problems.problem import Problem
from api.problems.text import Language

# Lifetimes in seconds.
SESSION: Final = 24 * 60 * 60
REMEMBERED_SESSION: Final = 30 * SESSION
_LONGEST_USER_AGENT: Final = 200
_LOGINS: Final = Counter(
    "nestwerk_logins_total", "Logins that succeeded (ok), and those that didn't, by the problem's code.", "outcome"
)


class StartedSession(NamedTuple):
    """A new session with its token, which only the client keeps, its lifetime in seconds, and the device it's on."""

    key: SessionKey
    token: str
    seconds: int
    device: Device


@contextmanager
def counted_login() -> Iterator[None]:
    """Count how the login of the block ends."""
    try:
        yield
    except Problem as problem:
        _LOGINS.add(problem.type.code)
        raise
    _LOGINS.add("ok")


async def log_in(
    data: Login, request: AnyRequest, devices: Sequence[Device], language: Language
) -> tuple[User, StartedSession]:
    """User and a new session, if the password is right; `devices` are those that the client may be.

    Raises:
        Problem: `wrong_credentials`, `account_suspended`, `second_factor_required`, `wrong_code`, `too_many_attempts`
            or `too_busy`.

    """
    with counted_login():
        return await _log_in(data, request, devices, language)


async def _log_in(
    data: Login, request: AnyRequest, devices: Sequence[Device], language: Language
) -> tuple[User, StartedSession]:
    networks = networks_of(client_address(request))
    digests = [device.digest for device in devices]
    async with password_hasher.turn(networks):
        login = await accounts.get_login(username=data.username, device_digests=digests)
        device = next((device for device in devices if device.digest == login.device_digest), None)
        charges = login_charges(login, networks)
        await charge(charges, login.id)
        session = None
        # Of the second factor, once that was checked.
        completion: Completion | None = None
        while session is None:
            user, password = await _verify(login, data.password)
            if login.is_banned:
                # Nobody learns that by a wrong password.
                await take_out(charges)
                raise Problem(ACCOUNT_SUSPENDED)
            if login.has_second_factor and completion is None:
                completion = await check_second_factor(login, user, data, language)
            means = completion.means if completion else "password"
            session = await start_session(user.id, password, request, means, device=device, remember=data.remember_me)
            if session is None:
                # Another request has replaced the account's hash meanwhile, or the account was banned, or got its
                # first factor.
                login = await accounts.get_login(username=data.username, device_digests=digests)
        await take_out(charges)
        if completion and completion.charges:
            await take_out(completion.charges)
    tell("logged_in", user.id)
    return user, session


async def _verify(login: FoundLogin, password: str) -> tuple[User, str]:
    """User whose password is right, and its hash; an old hash is replaced first.

    An unknown user takes as much work as a wrong password, and gets the same response.
    """
    verified = await password_hasher.verify(password, login.password)
    user, stored = login.user(), login.password
    if user is None or stored is None or not verified:
        await note_failure("login_refused", login.id, is_unknown_device=login.device_digest is None)
        raise Problem(WRONG_CREDENTIALS)
    if not verified.rehash:
        return user, stored
    renewed = await password_hasher.hash(password)
    await accounts.rehash_password(
        user_id=user.id,  # owner: whose password was right
        password=renewed,
        old_password=stored,
    )
    return user, renewed


async def start_session(  # noqa: PLR0913
    user_id: int,
    password: str,
    request: AnyRequest,
    means: Means,
    *,
    device: Device | None = None,
    remember: bool = False,
) -> StartedSession | None:
    """Start a session, on a new device if it isn't a known one.

    None if `password` isn't the user's hash any more, the user is banned, or has a second factor that `means` lack.
    """
    token, digest = issue_token()
    device = device or issue_token()
    user_agent = request.headers.get("user-agent")
    seconds = REMEMBERED_SESSION if remember else SESSION
    key = await sql.add_session(
        user_id=user_id,  # owner: whose password was right, or who has just registered
        password=password,
        token_digest=digest,
        user_agent=user_agent[:_LONGEST_USER_AGENT] if user_agent else None,
        seconds=seconds,
        device_digest=device.digest,
        means=means,
        network=client_network(),
    )
    if key is None:
        return None
    if (keyed := cast("RequestScope", request.scope).get("keyed")) is not None:
        keyed.account_id = user_id
    return StartedSession(key, token, seconds, device)


def client_address(request: AnyRequest) -> str:
    """Address of the client, as trusted proxies report it."""
    return request.client.host if request.client else "unknown"
