"""Logging in and out."""

from secrets import token_hex

import httpx
import pytest

from api.database.aliases import Connection
from tests.auth.former_hashes import former_hash
from tests.auth.logins import PASSWORD, log_in, new_name

DAY = 24 * 60 * 60


@pytest.mark.parametrize(("remember", "seconds"), [(None, DAY), (False, DAY), (True, 30 * DAY)])
async def test_remember_me_prolongs_the_session(
    client: httpx.AsyncClient, database: Connection, name: str, remember: bool | None, seconds: int
) -> None:
    answer = await log_in(client, name, more={} if remember is None else {"rememberMe": remember})
    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == name
    assert f"Max-Age={seconds};" in answer.headers["set-cookie"]
    left = await database.fetchval(
        "select extract(epoch from max(expires_at) - now()) from sessions where user_id = $1",
        answer.json()["user"]["id"],
    )
    assert left == pytest.approx(seconds, abs=60)


async def test_each_login_starts_a_session_and_ends_the_previous_one(client: httpx.AsyncClient, name: str) -> None:
    await log_in(client, name)
    first = dict(client.cookies)
    await log_in(client, name)
    assert dict(client.cookies) != first
    assert (await client.get("/api/user")).status_code == 200
    client.cookies.clear()
    client.cookies.update(first)
    assert (await client.get("/api/user")).status_code == 401


async def test_usernames_in_any_letter_case(client: httpx.AsyncClient, name: str) -> None:
    assert (await log_in(client, name.upper())).status_code == 200
    assert (await log_in(client, name.lower())).status_code == 200


async def test_unknown_user_and_wrong_password_get_the_same_response(client: httpx.AsyncClient, name: str) -> None:
    wrong = await log_in(client, name, "niet het wachtwoord")
    unknown = await log_in(client, new_name(), "niet het wachtwoord")
    assert wrong.status_code == unknown.status_code == 401
    for answer in (wrong, unknown):
        assert "set-cookie" not in answer.headers
    assert {k: v for k, v in wrong.json().items() if k != "instance"} == {
        k: v for k, v in unknown.json().items() if k != "instance"
    }
    varying = {"x-request-id", "date"}
    assert {k: v for k, v in wrong.headers.items() if k not in varying | {"content-length"}} == {
        k: v for k, v in unknown.headers.items() if k not in varying | {"content-length"}
    }


async def test_logging_out_ends_the_session(client: httpx.AsyncClient, name: str) -> None:
    await log_in(client, name)
    cookies = dict(client.cookies)
    answer = await client.post("/api/logout")
    assert answer.status_code == 200
    assert answer.json()["message"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    client.cookies.update(cookies)
    assert (await client.get("/api/user")).status_code == 401


async def test_logging_out_without_a_session(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/logout")).status_code == 200


async def test_an_expired_session_is_refused(client: httpx.AsyncClient, database: Connection, name: str) -> None:
    user = (await log_in(client, name)).json()["user"]
    await database.execute(
        "update sessions set created_at = now() - interval '2 days', expires_at = now() - interval '1 day'"
        " where user_id = $1",
        user["id"],
    )
    assert (await client.get("/api/user")).status_code == 401


async def test_a_hash_of_the_previous_system_is_accepted_and_replaced(
    client: httpx.AsyncClient, database: Connection, name: str
) -> None:
    await database.execute(
        "update users set password = $2 where username = $1", name, former_hash("oud", token_hex(16))
    )
    assert (await log_in(client, name, "fout")).status_code == 401
    assert (await log_in(client, name, "oud")).status_code == 200
    stored = await database.fetchval("select password from users where username = $1", name)
    assert stored.startswith("$argon2id$")
    assert (await log_in(client, name, "oud")).status_code == 200


@pytest.mark.parametrize("body", [{}, {"username": "a"}, {"username": 1, "password": None}, [], "x", 1])
async def test_malformed(client: httpx.AsyncClient, body: object) -> None:
    answer = await client.post("/api/login", json=body)
    assert answer.status_code == 400
    assert answer.json()["errors"]


async def test_strange_text_is_a_wrong_password(client: httpx.AsyncClient, name: str) -> None:
    for password in ("", " ", "🌷" * 200, "x" * 1024):
        assert (await log_in(client, name, password)).status_code in {401, 429}


async def test_the_message_is_in_the_language_of_the_caller(client: httpx.AsyncClient, name: str) -> None:
    assert "Fijn" in (await log_in(client, name)).json()["message"]
    client.headers["Accept-Language"] = "en-GB,en;q=0.9"
    assert "Good" in (await log_in(client, name)).json()["message"]


async def test_the_password_is_in_no_response(client: httpx.AsyncClient, name: str) -> None:
    for answer in (await log_in(client, name), await client.get("/api/user"), await client.get("/api/users/me")):
        assert PASSWORD not in answer.text
        assert "argon2" not in answer.text
        assert "password" not in answer.text
