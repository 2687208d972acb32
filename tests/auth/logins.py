"""Registration and login over HTTP, each from another address: failed logins are throttled by address."""

from itertools import count
from random import randrange
from secrets import token_hex
from typing import Any

import httpx

from api.database.aliases import Connection

PASSWORD = "een lange zin onthoudt beter"

_numbers = count()


def new_address() -> str:
    """An unused address of the documentation's network (RFC 3849), in the form that throttles store."""
    return f"2001:db8:{randrange(0x1000, 0x10000):x}:{randrange(0x1000, 0x10000):x}::{next(_numbers):x}"


def new_name() -> str:
    return f"Login-{next(_numbers)}-{token_hex(4)}"


def credentials(name: str, password: str = PASSWORD) -> dict[str, Any]:
    return {"username": name, "password": password}


async def register(client: httpx.AsyncClient, name: str, **changes: Any) -> httpx.Response:
    body = credentials(name) | {"email": f"{name}@example.org"} | changes
    return await client.post("/api/register", json=body)


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


async def prolong_blocks(database: Connection) -> None:
    """Prolong the blocks of a throttle, so that they outlast the test on a slow machine."""
    await database.execute(
        "update login_throttles set blocked_until = blocked_until + interval '1 hour' where isfinite(blocked_until)"
    )
