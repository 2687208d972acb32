"""Registration of accounts."""

import asyncio
from typing import Any

import httpx
import pytest

from api.auth.networks import networks_of
from api.database.aliases import Connection
from tests.auth.logins import PASSWORD, log_in, new_address, new_name, register


async def test_registering_logs_in(client: httpx.AsyncClient, database: Connection) -> None:
    name = new_name()
    answer = await register(client, name)
    assert answer.status_code == 201
    user = answer.json()["user"]
    known = {"id": user["id"], "username": name, "email": f"{name}@example.org", "profilePicture": None}
    assert user == {**known, "consentNeeded": True}
    assert answer.json()["message"]
    assert (await client.get("/api/user")).json() == user
    stored = await database.fetchval("select password from users where id = $1", user["id"])
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert PASSWORD not in answer.text


async def test_the_cookie_is_http_only(client: httpx.AsyncClient) -> None:
    cookie = (await register(client, new_name())).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Max-Age=86400" in cookie
    assert "Secure" not in cookie


async def test_cookie_is_secure_over_https(client: httpx.AsyncClient) -> None:
    client.headers["X-Forwarded-Proto"] = "https"
    answer = await register(client, new_name())
    assert answer.headers["set-cookie"].startswith("__Host-nestwerk_session=")
    assert "; Secure" in answer.headers["set-cookie"]
    assert "Domain" not in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"].startswith("max-age=")


async def test_fifty_at_once_make_one_account(client: httpx.AsyncClient, database: Connection) -> None:
    name = new_name()
    spellings = [name.upper() if index % 2 else name.lower() for index in range(50)]
    answers = await asyncio.gather(
        *[register(client, spelling, email=f"{index}-{name}@example.org") for index, spelling in enumerate(spellings)]
    )
    # The queue of passwords is bounded; a full one gives a 503.
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses.count(201) == 1
    assert set(statuses) <= {201, 409, 503}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"username_taken"}
    assert await database.fetchval("select count(*) from users where fold(username) = fold($1)", name) == 1


async def test_username_is_unique_in_any_unicode_form(client: httpx.AsyncClient) -> None:
    name = new_name()
    assert (await register(client, f"Zoë {name}", email=f"1{name}@example.org")).status_code == 201
    again = await register(client, f"ZOE\u0308 {name}", email=f"2{name}@example.org")
    assert again.json()["code"] == "username_taken"
    assert (await log_in(client, f"zoë {name}")).status_code == 200


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"username": ""}, {"/username"}),
        ({"username": " noor"}, {"/username"}),
        ({"username": "noor\n"}, {"/username"}),
        ({"username": "n" * 101}, {"/username"}),
        ({"username": "no\0or"}, {"/username"}),
        ({"email": "noor"}, {"/email"}),
        ({"email": "noor@example.org "}, {"/email"}),
        ({"email": f"{'n' * 250}@x.nl"}, {"/email"}),
        ({"password": "kort123"}, {"/password"}),
        ({"password": "k" * 257}, {"/password"}),
        ({"password": "password1"}, {"/password"}),
        ({"password": "PASSWORD1"}, {"/password"}),
        ({"admin": True}, {"/admin"}),
        ({"username": 7, "email": None, "password": "password1", "x": 1}, {"/username", "/email", "/password", "/x"}),
    ],
)
async def test_every_error_is_reported(client: httpx.AsyncClient, changes: dict[str, Any], pointers: set[str]) -> None:
    answer = await register(client, new_name(), **changes)
    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == pointers
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("length", [8, 256])
async def test_passwords_of_any_composition(client: httpx.AsyncClient, length: int) -> None:
    name = new_name()
    password = ("wachtwoord 🌷 zonder regels " * 20)[:length]
    assert (await register(client, name, password=password)).status_code == 201
    assert (await log_in(client, name, password)).status_code == 200


async def test_an_address_has_a_limit_of_registrations(client: httpx.AsyncClient, database: Connection) -> None:
    address, with_conflict = new_address(), new_name()
    await register(client, with_conflict)
    assert (await register(client, new_name(), address)).status_code == 201
    await database.execute(
        "update rate_limits set drained_at = now() + interval '10 hours' where subject = 'registrations:' || $1",
        networks_of(address).own,
    )
    # Before a password is looked at, as that costs too, or hashed, and whatever the name.
    for name, changes in ((new_name(), {}), (with_conflict, {}), (new_name(), {"password": "Nestwerk2026!"})):
        answer = await register(client, name, address, **changes)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
        assert 170 <= int(answer.headers["retry-after"]) <= 180
    assert (await register(client, new_name())).status_code == 201
    # Who may not register may log in.
    assert (await log_in(client, with_conflict, address=address)).status_code == 200


async def test_a_name_that_is_taken_is_told_before_the_password_is_hashed(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name = new_name()
    await register(client, name)
    async with database.transaction():
        # A hashed password would wait here.
        await database.execute("lock table users in share mode")
        answer = await register(client, name, email=f"{new_name()}@example.org")
        assert (answer.status_code, answer.json()["code"]) == (409, "username_taken")


@pytest.mark.long
async def test_a_flood_of_one_address_refuses_no_other_login(client: httpx.AsyncClient) -> None:
    # The last of the flood waits until most of the others are hashed.
    client.timeout = httpx.Timeout(300)
    name, flooding = new_name(), new_address()
    await register(client, name)
    client.cookies.clear()
    flood = [asyncio.create_task(register(client, new_name(), flooding)) for _ in range(90)]
    await asyncio.sleep(0.1)
    logins = [await log_in(client, name, path="/api/sessions") for _ in range(3)]
    assert [answer.status_code for answer in logins] == [201] * 3
    assert not all(task.done() for task in flood)
    assert {(await task).status_code for task in flood} == {201, 503}
