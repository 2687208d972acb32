"""`DELETE /api/users/me`: an account and everything of it are gone at once, for who knows its password."""

import asyncio
from typing import Any

import httpx
import pytest

from api.database.aliases import Connection
from tests.auth.logins import PASSWORD, log_in, new_name, register

PATH = "/api/users/me"


async def erase(client: httpx.AsyncClient, password: str = PASSWORD, **more: Any) -> httpx.Response:
    return await client.request("DELETE", PATH, json={"password": password} | more)


async def test_first(client: httpx.AsyncClient, database: Connection) -> None:
    name = new_name()
    answer = await register(client, name)
    user_id = answer.json()["user"]["id"]
    gone = await erase(client)
    assert gone.status_code == 204, gone.text
    print(gone.headers)
    assert (await client.get("/api/user")).status_code == 401
    assert (await log_in(client, name)).status_code == 401
    print(await database.fetch("select * from audit_events where user_id = $1", user_id))
    assert 0
