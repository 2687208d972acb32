"""Registration, login and logout, and the caller's sessions."""

from typing import Final, Literal

from litestar import Response, Router
from msgspec import UNSET

from api.auth.caller import COOKIE, callers
from api.auth.consents import answer
from api.auth.cookies import AnyRequest, session_header, value_in
from api.auth.devices import Device, cookie_devices, device_cookie, devices
from api.auth.facts import (
    ACCOUNT_SUSPENDED,
    CONSENT_TEXT_NOT_CURRENT,
    SECOND_FACTOR_REQUIRED,
    SESSION_NOT_FOUND,
    TOO_MANY_ATTEMPTS,
    USERNAME_TAKEN,
    WRONG_CODE,
    WRONG_CREDENTIALS,
)
from api.auth.logins import StartedSession, client_address, log_in, start_session
from api.auth.mails import CONFIRM_EMAIL
from api.auth.networks import client_network, networks_of
from api.auth.password_strength import refuse_weak
from api.auth.passwords import password_hasher
from api.auth.queries import accounts, sql
from api.auth.schemas import (
    LOGGED_IN,
    LOGGED_OUT,
    REGISTERED,
    Caller,
    Farewell,
    Login,
    NewSession,
    OwnWords,
    Registration,
    Session,
    User,
    Welcome,
)
from api.auth.security_events import tell
from api.auth.throttling import charge, registration_charges
from api.auth.tokens import token_digest
from api.auth.usernames import kept_username
from api.http.authentication import bearer_token
from api.http.endpoint import delete, get, post
from api.http.headers import request_headers
from api.http.pagination import Keyset
from api.http.schemas import Cursor, Id, Limit, Page
from api.mail.queries import mails
from api.problems.problem import Problem
from api.problems.text import Language

BY_ID: Final = Keyset(Session, "id")
_LOGIN_PROBLEMS: Final = (
    WRONG_CREDENTIALS,
    SECOND_FACTOR_REQUIRED,
    WRONG_CODE,
    ACCOUNT_SUSPENDED,
    TOO_MANY_ATTEMPTS,
)


@post(
    "/register",
    problems=[USERNAME_TAKEN, CONSENT_TEXT_NOT_CURRENT, TOO_MANY_ATTEMPTS],
    next_operations=["get_user", "save_onboarding_progress"],
    sets_cookie=True,
)
async def register(data: Registration, request: AnyRequest, language: Language) -> Response[Welcome]:
    """Create an account, and log in."""
    username = kept_username(data.username)
    networks = networks_of(client_address(request))
    async with password_hasher.turn(networks):
        await charge(registration_charges(networks))
        # Only then, as it takes milliseconds of Python.
        await refuse_weak(data.password, OwnWords(username, data.email))
        if await accounts.is_username_taken(username=username):
            raise Problem(USERNAME_TAKEN)
        password = await password_hasher.hash(data.password)
    async with accounts.transaction():
        user = await accounts.add_user(username=username, email=data.email, password=password)
        if data.consents is not UNSET:
            await answer(user.id, data.consents)  # owner: who has just registered
            user.consent_needed = False
        session = await start_session(user.id, password, request, "registration")
        await mails.add_mail(
            user_id=user.id,  # owner: who has just registered
            kind=CONFIRM_EMAIL,
            recipient=data.email,
            language=language,
            parameters={},
        )
    assert session is not None
    tell("registered", user.id)
    if data.consents:
        tell("consent_given", user.id)
    await _end(value_in(request, COOKIE))
    response = _with_cookies(Welcome(REGISTERED.format(language), user), session, cookie_devices(request), request)
    response.headers["Location"] = "/api/users/me"
    return response


@post(
    "/login",
    status_code=200,
    problems=_LOGIN_PROBLEMS,
    next_operations=["get_user", "logout"],
    sets_cookie=True,
)
async def login(data: Login, request: AnyRequest, language: Language) -> Response[Welcome]:
    """Log in: start a session of 24 hours, or of 30 days with `rememberMe`."""
    known = cookie_devices(request)
    user, session = await log_in(data, request, [*known, *devices([data.device_token or ""])], language)
    return await welcome(user, session, request, language)


@post("/logout", status_code=200, sets_cookie=True, takes_session=True)
async def logout(request: AnyRequest, language: Language) -> Response[Farewell]:
    """Log out: end the sessions of the request's cookie and bearer token, if any."""
    await _end(bearer_token(request_headers(request.scope)), "logged_out")
    await _end(value_in(request, COOKIE), "logged_out")
    return Response(Farewell(LOGGED_OUT.format(language)), headers=session_header("", 0, request))


@get("/user")
async def get_user(caller: Caller) -> User:
    """The caller's account."""
    return await accounts.get_user(user_id=caller.user_id)


@post("/sessions", problems=_LOGIN_PROBLEMS, next_operations=["get_user"])
async def add_session(data: Login, request: AnyRequest, language: Language) -> Response[NewSession]:
    """Log in as an API client: start a session with a bearer token and no cookie."""
    presented = devices([data.device_token or ""])
    user, session = await log_in(data, request, presented, language)
    return Response(
        NewSession(session.token, session.key.expires_at, session.device.token, user),
        headers={"Location": f"/api/sessions/{session.key.id}"},
    )


@get("/sessions")
async def list_sessions(caller: Caller, limit: Limit = 20, cursor: Cursor | None = None) -> Page[Session]:
    """List the caller's sessions, oldest first."""
    (after,) = BY_ID.after(cursor)
    rows = await sql.list_sessions(user_id=caller.user_id, session_id=caller.session_id, after=after, count=limit + 1)
    return BY_ID.page(rows, limit)


@delete("/sessions")
async def end_other_sessions(caller: Caller) -> None:
    """End all sessions of the caller except this one."""
    await sql.end_other_sessions(user_id=caller.user_id, session_id=caller.session_id, network=client_network())
    tell("sessions_ended", caller.user_id)
    callers.forget(caller.user_id)


@delete("/sessions/{id:int}", problems=[SESSION_NOT_FOUND])
async def end_session(caller: Caller, id: Id) -> None:
    """End a session of the caller."""
    await sql.end_session(user_id=caller.user_id, id=id, network=client_network())
    tell("session_ended", caller.user_id)
    callers.forget(caller.user_id)


async def _end(token: bytes | None, event: Literal["logged_out", "session_ended"] = "session_ended") -> None:
    """End the session of a token, if there is one."""
    digest = token_digest(token or b"")
    if digest is None:
        return
    user_id = await sql.end_session_of_token(token_digest=digest, event=event, network=client_network())
    if user_id is not None:
        tell(event, user_id)
        callers.forget(user_id)


async def welcome(user: User, session: StartedSession, request: AnyRequest, language: Language) -> Response[Welcome]:
    """Response to a login in the web client, whose session before it ends."""
    await _end(value_in(request, COOKIE))
    return _with_cookies(Welcome(LOGGED_IN.format(language), user), session, cookie_devices(request), request)


def _with_cookies(
    welcome: Welcome, session: StartedSession, known: list[Device], request: AnyRequest
) -> Response[Welcome]:
    return Response(
        welcome,
        headers=session_header(session.token, session.seconds, request),
        cookies=[device_cookie(session.device, known, request)],
    )


router = Router(
    "/api",
    route_handlers=[
        register,
        login,
        logout,
        get_user,
        add_session,
        list_sessions,
        end_other_sessions,
        end_session,
    ],
    tags=["Accounts and sessions"],
)
