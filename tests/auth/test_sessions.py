"""Sessions of API clients, and ending sessions."""

import asyncio
from time import monotonic

import httpx

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.auth.logins import log_in, new_name, register


async def until(client: httpx.AsyncClient, status: int) -> None:
    """Wait until every worker responds so; a caller would be forgotten after five seconds in any case."""
    latest = monotonic() + 4
    for _ in range(10):
        begun = monotonic()
        while (await client.get("/api/user", headers={"Connection": "close"})).status_code != status:
            assert begun < latest
            await asyncio.sleep(0.01)
            begun = monotonic()


async def test_bearer_token(client: httpx.AsyncClient) -> None:
    name = new_name()
    await register(client, name)
    client.cookies.clear()
    answer = await log_in(client, name, path="/api/sessions")
    assert answer.status_code == 201
    assert "set-cookie" not in answer.headers
    body = answer.json()
    assert set(body) == {"token", "expiresAt", "deviceToken", "user"}
    assert body["expiresAt"].endswith("Z")
    bearer = {"Authorization": f"Bearer {body['token']}"}
    assert (await client.get("/api/user", headers=bearer)).json() == body["user"]
    id = int(answer.headers["location"].removeprefix("/api/sessions/"))
    listed = (await client.get("/api/sessions", headers=bearer)).json()["items"]
    assert [(entry["id"], entry["current"]) for entry in listed][-1] == (id, True)
    assert listed[-1]["userAgent"].startswith("python-httpx")


async def test_tokens_are_stored_as_digests(client: httpx.AsyncClient, database: Connection) -> None:
    name = new_name()
    await register(client, name)
    token = (await log_in(client, name, path="/api/sessions")).json()["token"]
    assert await database.fetchval("select count(*) from sessions where token_digest = sha256($1)", token.encode()) == 1


async def test_wrong_tokens(client: httpx.AsyncClient, accounts: Accounts) -> None:
    parent = await accounts.parent()
    for header in ("Bearer", "Bearer x", f"Bearer {parent.token}x", f"Basic {parent.token}", "Bearer \xff"):
        answer = await client.get("/api/user", headers={b"Authorization": header.encode("latin-1")})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
    lower = await client.get("/api/user", headers={"Authorization": f"bearer {parent.token}"})
    assert lower.status_code == 200


async def test_a_session_ended_on_one_worker_is_refused_on_all(accounts: Accounts) -> None:
    parent = await accounts.parent()
    await until(parent.client, 200)
    assert (await parent.client.post("/api/logout")).status_code == 200
    await until(parent.client, 401)


async def test_ending_one_session(accounts: Accounts, client: httpx.AsyncClient, database: Connection) -> None:
    name = new_name()
    await register(client, name)
    other = (await log_in(client, name, path="/api/sessions")).json()["token"]
    other_client = {"Authorization": f"Bearer {other}"}
    items = (await client.get("/api/sessions", headers=other_client)).json()["items"]
    id = next(entry["id"] for entry in items if entry["current"])
    stranger = await accounts.parent()
    assert (await stranger.client.delete(f"/api/sessions/{id}")).json()["code"] == "session_not_found"
    assert (await client.get("/api/user", headers=other_client)).status_code == 200
    me = [entry["id"] for entry in items if not entry["current"]][-1]
    assert (await client.delete(f"/api/sessions/{id}", headers=other_client)).status_code == 204
    assert (await client.delete(f"/api/sessions/{id}")).status_code in {401, 404}
    assert await database.fetchval("select count(*) from sessions where id = $1", me) <= 1


async def test_ending_all_other_sessions(client: httpx.AsyncClient) -> None:
    name = new_name()
    await register(client, name)
    tokens = [(await log_in(client, name, path="/api/sessions")).json()["token"] for _ in range(3)]
    keeper = {"Authorization": f"Bearer {tokens[0]}"}
    assert (await client.delete("/api/sessions", headers=keeper)).status_code == 204
    assert len((await client.get("/api/sessions", headers=keeper)).json()["items"]) == 1
    for token in tokens[1:]:
        client.headers["Authorization"] = f"Bearer {token}"
        await until(client, 401)
