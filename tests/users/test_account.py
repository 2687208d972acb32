"""The caller's account: e-mail address, picture, password."""

import asyncio

import httpx
import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.auth.logins import PASSWORD, log_in, new_address, new_name, prolong_blocks, register


async def test_patch(accounts: Accounts) -> None:
    parent = await accounts.parent()
    picture = "https://example.org/noor.png"
    answer = await parent.client.patch("/api/users/me", json={"profilePicture": picture})
    assert answer.status_code == 200
    assert answer.json()["profilePicture"] == picture
    email = f"new-{parent.username}@example.org"
    changed = (await parent.client.patch("/api/users/me", json={"email": email})).json()
    assert (changed["email"], changed["profilePicture"]) == (email, picture)
    cleared = (await parent.client.patch("/api/users/me", json={"profilePicture": None})).json()
    assert (cleared["email"], cleared["profilePicture"]) == (email, None)
    assert (await parent.client.get("/api/user")).json() == cleared


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": None}, "/email"),
        ({"email": "x"}, "/email"),
        ({"profilePicture": "ftp://x"}, "/profilePicture"),
        ({"profilePicture": "javascript:alert(1)"}, "/profilePicture"),
        ({"profilePicture": "https://" + "x" * 2048}, "/profilePicture"),
        ({"username": "other"}, "/username"),
        ({"password": "x"}, "/password"),
        ({"id": 1}, "/id"),
    ],
)
async def test_invalid_changes(accounts: Accounts, body: dict[str, object], pointer: str) -> None:
    parent = await accounts.parent()
    answer = await parent.client.patch("/api/users/me", json=body)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


async def test_an_email_address_of_another_account(accounts: Accounts) -> None:
    one, other = await accounts.parent(), await accounts.parent()
    answer = await one.client.patch("/api/users/me", json={"email": f"{other.username}@EXAMPLE.ORG"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "email_taken"


async def change(client: httpx.AsyncClient, old: str, new: str) -> httpx.Response:
    return await client.post(
        "/api/users/me/password",
        json={"oldPassword": old, "newPassword": new},
        headers={"X-Forwarded-For": new_address()},
    )


async def test_a_new_password_ends_all_other_sessions(client: httpx.AsyncClient) -> None:
    name = new_name()
    await register(client, name)
    token = (await log_in(client, name, path="/api/sessions")).json()["token"]
    assert (await change(client, PASSWORD, "een nieuwe lange zin")).status_code == 204
    assert (await client.get("/api/user")).status_code == 200
    async with asyncio.timeout(1.5):
        while (await client.get("/api/user", headers={"Authorization": f"Bearer {token}"})).status_code != 401:
            await asyncio.sleep(0.01)
    assert (await log_in(client, name)).status_code == 401
    assert (await log_in(client, name, "een nieuwe lange zin")).status_code == 200


async def test_the_old_password_is_needed(client: httpx.AsyncClient) -> None:
    name = new_name()
    await register(client, name)
    answer = await change(client, "fout", "een nieuwe lange zin")
    assert answer.status_code == 400
    assert answer.json()["code"] == "wrong_old_password"
    assert (await log_in(client, name)).status_code == 200


async def test_guessing_the_old_password_is_throttled(client: httpx.AsyncClient, database: Connection) -> None:
    await register(client, new_name())
    for _ in range(5):
        assert (await change(client, "fout", "een nieuwe lange zin")).status_code == 400
    await prolong_blocks(database)
    assert (await change(client, PASSWORD, "een nieuwe lange zin")).status_code == 429


async def test_two_changes_at_once_make_one(client: httpx.AsyncClient) -> None:
    name = new_name()
    await register(client, name)
    answers = await asyncio.gather(*[change(client, PASSWORD, f"een nieuwe lange zin {n}") for n in range(4)])
    assert sorted(answer.status_code for answer in answers) == [204, 400, 400, 400]


async def test_common_and_short_passwords(client: httpx.AsyncClient, database: Connection) -> None:
    name = new_name()
    await register(client, name)
    before = await database.fetchval("select password from users where username = $1", name)
    for bad in ("password1", "kort", "x" * 257):
        answer = await change(client, PASSWORD, bad)
        assert [error["pointer"] for error in answer.json()["errors"]] == ["/newPassword"]
    assert await database.fetchval("select password from users where username = $1", name) == before
