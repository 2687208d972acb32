"""Accounts with an authenticator app, over HTTP."""

from time import time
from typing import Any, Final, NamedTuple

import httpx
from pyotp import TOTP

from api.database.aliases import Connection
from tests.auth.logins import log_in, new_name, register

# What became of the factors of an account, apart from logins and sessions.
EVENTS: Final = (
    "select array_agg(event order by id) from audit_events"
    " where user_id = $1 and event not in"
    " ('registered', 'second_factor_asked', 'logged_in', 'session_ended', 'sessions_ended')"
)


class Owner(NamedTuple):
    """An account, whose session is the client's."""

    name: str
    user_id: int


class Secured(NamedTuple):
    """An account with an authenticator app, of which no code was used yet."""

    name: str
    user_id: int
    secret: str
    recovery_codes: list[str]


async def registered(client: httpx.AsyncClient) -> Owner:
    name = new_name()
    answer = await register(client, name)
    assert answer.status_code == 201
    return Owner(name, answer.json()["user"]["id"])


def code(secret: str, offset: int = 0) -> str:
    """The code of now, or of a time step before or after it."""
    return TOTP(secret).generate_otp(int(time()) // 30 + offset)


def wrong_code(secret: str) -> str:
    """A code that is right at no time near now."""
    near = {code(secret, offset) for offset in range(-3, 4)}
    return next(f"{number:06}" for number in range(10) if f"{number:06}" not in near)


async def set_up(client: httpx.AsyncClient) -> str:
    """Secret of an app that isn't confirmed yet."""
    answer = await client.post("/api/second-factors/totp")
    assert answer.status_code == 200, answer.text
    secret: str = answer.json()["secret"]
    return secret


async def confirm(client: httpx.AsyncClient, code: str) -> httpx.Response:
    return await client.post("/api/second-factors/totp/confirm", json={"code": code})


async def secured(client: httpx.AsyncClient, database: Connection) -> Secured:
    """A new account with an app; the client stays logged in."""
    owner = await registered(client)
    secret = await set_up(client)
    answer = await confirm(client, code(secret))
    assert answer.status_code == 200, answer.text
    await forget_codes(database, owner.user_id)
    return Secured(*owner, secret, answer.json()["recoveryCodes"])


async def forget_codes(database: Connection, user_id: int) -> None:
    """Let codes be used again, as no test waits half a minute for the next one."""
    await database.execute("update totp_factors set last_step = 0 where user_id = $1", user_id)


async def outcome(client: httpx.AsyncClient, name: str, **more: Any) -> str:
    """How an API client's login ends: `ok`, or the problem's code."""
    answer = await log_in(client, name, path="/api/sessions", more=more)
    return "ok" if answer.status_code == 201 else str(answer.json()["code"])


async def grow_old(database: Connection, user_id: int) -> None:
    """Make all logins of an account eleven minutes old."""
    await database.execute(
        "update sessions set created_at = created_at - interval '11 minutes' where user_id = $1", user_id
    )
