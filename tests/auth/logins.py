"""Registration and login over HTTP, each from another network: both are limited by network."""

from itertools import count
from random import randrange
from secrets import token_hex
from typing import Any

import httpx

from api.auth.networks import networks_of
from api.database.aliases import Connection

PASSWORD = "een lange zin onthoudt beter"

_numbers = count()


def new_address() -> str:
    """An address of an unused network, of those for documentation (RFC 3849)."""
    return f"2001:db8:{randrange(0x1000, 0x10000):x}:{randrange(0x1000, 0x10000):x}::{next(_numbers):x}"


def new_name() -> str:
    return f"Login-{next(_numbers)}-{token_hex(4)}"


def credentials(name: str, password: str = PASSWORD) -> dict[str, Any]:
    return {"username": name, "password": password}


async def register(client: httpx.AsyncClient, name: str, address: str | None = None, **changes: Any) -> httpx.Response:
    body = credentials(name) | {"email": f"{name}@example.org"} | changes
    return await client.post("/api/register", json=body, headers={"X-Forwarded-For": address or new_address()})


async def log_in(
    client: httpx.AsyncClient,
    name: str,
    password: str = PASSWORD,
    *,
    path: str = "/api/login",
    address: str | None = None,
    more: dict[str, Any] | None = None,
) -> httpx.Response:
    return await client.post(
        path, json=credentials(name, password) | (more or {}), headers={"X-Forwarded-For": address or new_address()}
    )


async def pass_time(database: Connection, seconds: float) -> None:
    """Let limits drain for some seconds, without waiting."""
    await database.execute("update rate_limits set drained_at = drained_at - $1 * interval '1 second'", seconds)


async def level(database: Connection, subject: str) -> float | None:
    """Seconds until a limit has drained, if it's there."""
    left: float | None = await database.fetchval(
        "select extract(epoch from drained_at - now())::float8 from rate_limits where subject = $1", subject
    )
    return left


async def fill(database: Connection, subject: str, seconds: float = 3600) -> None:
    """Have a limit drain for so many seconds."""
    await database.execute(
        "insert into rate_limits (subject, drained_at) values ($1, now() + $2 * interval '1 second')"
        " on conflict (subject) do update set drained_at = excluded.drained_at",
        subject,
        seconds,
    )


async def shut_out(database: Connection, name: str, address: str) -> None:
    """Fill the limit of an account for a network, as ten wrong passwords do."""
    await database.execute(
        "insert into rate_limits (subject, drained_at)"
        " select 'account:' || encode(sha256(convert_to(username_key($1), 'UTF8')), 'hex') || '@' || $2,"
        "        now() + interval '150 minutes'",
        name,
        networks_of(address).own,
    )


async def shut_out_network(database: Connection, address: str) -> None:
    """Fill the limit of a network, as fifty wrong passwords do."""
    await fill(database, f"network:{networks_of(address).own}", 150 * 60)
