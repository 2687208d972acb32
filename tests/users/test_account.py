"""The caller's account: e-mail address, picture, password."""

import asyncio

import httpx
import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.auth.logins import PASSWORD, log_in, new_address, new_name, register, shut_out
from tests.waiting import until_waiting

COOKIE = "nestwerk_session"


async def test_patch(accounts: Accounts) -> None:
    parent = await accounts.parent()
    picture = "https://example.org/noor.png"
    answer = await parent.client.patch("/api/users/me", json={"profilePicture": picture})
    assert answer.status_code == 200
    assert answer.json()["profilePicture"] == picture
    unchanged = (await parent.client.patch("/api/users/me", json={})).json()
    assert unchanged == answer.json()
    cleared = (await parent.client.patch("/api/users/me", json={"profilePicture": None})).json()
    assert cleared == unchanged | {"profilePicture": None}
    assert (await parent.client.get("/api/user")).json() == cleared


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": None}, "/email"),
        ({"email": "x"}, "/email"),
        ({"email": "noor@example.org"}, "/currentPassword"),
        ({"email": "noor@example.org", "currentPassword": None}, "/currentPassword"),
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


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org", "HTTPS://example.org/a.png", "hTTp://Example.ORG:8080", "https://example.org./a/@b?c=d#e",
        "https://my_bucket.s3.example.org/a%20b.png", "https://xn--zo-fka.nl/a", "https://zoë.nl/zoë.png", "https://a",
        "https://192.0.2.1/a", "https://[2001:db8::1]:443/a", "https://example.org/a;b=(c),[d]~!$&*+.png", "https://a:/b",
        "https://example.org/" + "x" * 2028,
    ],
)  # fmt: skip
async def test_addresses_of_pictures(accounts: Accounts, address: str) -> None:
    parent = await accounts.parent()
    answer = await parent.client.patch("/api/users/me", json={"profilePicture": address})
    assert (answer.status_code, answer.json().get("profilePicture")) == (200, address)
    assert (await parent.client.get("/api/user")).json()["profilePicture"] == address


@pytest.mark.parametrize(
    "address",
    [
        "", " ", "https", "https:", "https:/", "https://", "HTTP://", "https:///a.png", "https://?a", "https://#a",
        "https:example.org", "https:/example.org", "//example.org/a", "/uploads/a.png", "example.org", "https://:443/a",
        "https://.", "https://.a", "https://a..b", "https://-a.nl", "https://a-.nl", "https://a.nl..", "https://%61.nl",
        "https://" + "a" * 64 + ".nl", "https://" + "a." * 130 + "nl", "https://" + "ü." * 100 + "nl", "https://a,b",
        "https://1.2.3.256", "https://1.2.3", "https://1.2.3.4.", "https://[::1", "https://::1/", "https://[::1]a",
        "https://[::g]", "https://[]", "https://[fe80::1%25eth0]", "https://a[::1]", "https://[1.2.3.4]", "https://a:b",
        "https://a:65536", "https://a:-1", "https://a:1:2", "https://a:٣", "https://a@b", "https://a:b@c/d", "https://@b",
        "https://@", 'https://a/"b', "https://a/'b", 'https://a"b', "https://a'b", "https://a b", "https://a/b c",
        " https://a", "https://a ", "https://a\n", "\nhttps://a", "https://a/b\nc", "ht\ntps://a", "https://a/\tb",
        "https://a/\r", "https://a/\x1f", "https://a/\x7f", "https://a/\x85", "https://a/\xa0", "https://a/\u2028",
        "https://a/\u200b", "https://a/\u202e", "https://a/\ufeff", "https://a/\0", "https://a\\b", "https:\\\\a",
        "https://a/b\\c", "https://a/<b>", "https://a/`b`", "https://a\uff0fb", "https://a\u2100b", "ftp://a/b",
        "file:///a", "data:image/png,a", "javascript://a/%0aalert(1)", "blob:https://a/b", "xhttps://a", "https+a://b",
    ],
)  # fmt: skip
async def test_what_is_no_address_of_a_picture(accounts: Accounts, address: str) -> None:
    parent = await accounts.parent()
    answer = await parent.client.patch("/api/users/me", json={"profilePicture": address})
    assert (answer.status_code, answer.json().get("code")) == (400, "invalid_body")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/profilePicture"]
    assert (await parent.client.get("/api/user")).json()["profilePicture"] is None


async def test_a_wrong_address_from_before_stays(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    old = "https://noor@example.org/my photo.png"
    await database.execute("update users set profile_picture = $1 where id = $2", old, parent.user_id)
    changed = await parent.client.patch("/api/users/me", json={})
    assert (changed.status_code, changed.json()["profilePicture"]) == (200, old)
    for path in ("/api/user", "/api/users/me"):
        assert (await parent.client.get(path)).json()["profilePicture"] == old


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
    await until_refused(client, {"Authorization": f"Bearer {token}"})
    assert (await log_in(client, name)).status_code == 401
    assert (await log_in(client, name, "een nieuwe lange zin")).status_code == 200


async def until_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    """Wait until both workers know that a token has ended."""
    async with asyncio.timeout(1.5), httpx.AsyncClient(base_url=client.base_url, verify=False) as other:
        for _ in range(10):
            while (await other.get("/api/user", headers=headers | {"Connection": "close"})).status_code != 401:
                await asyncio.sleep(0.01)


async def test_a_browser_gets_a_new_cookie_with_its_new_password(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name = new_name()
    await register(client, name)
    await log_in(client, name, more={"rememberMe": True})
    former = client.cookies[COOKIE]
    before = (await client.get("/api/sessions")).json()["items"][-1]
    # A session of 30 days stays one.
    await database.execute(
        "update sessions set created_at = created_at - interval '9 days', expires_at = expires_at - interval '9 days'"
        " where user_id = (select id from users where username = $1)",
        name,
    )
    answer = await change(client, PASSWORD, "een nieuwe lange zin")
    assert (answer.status_code, answer.content) == (204, b"")
    [line] = [line for line in answer.headers.get_list("set-cookie") if COOKIE in line]
    assert line.startswith(f"{COOKIE}=nw_")
    assert line.endswith("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax")
    assert client.cookies[COOKIE] != former
    await until_refused(client, {"Cookie": f"{COOKIE}={former}"})
    [after] = (await client.get("/api/sessions")).json()["items"]
    assert (after["id"], after["current"], after["expiresAt"] > before["expiresAt"]) == (before["id"], True, True)


async def test_an_api_client_gets_a_new_token_with_its_new_password(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name, address = new_name(), new_address()
    await register(client, name)
    former = (await log_in(client, name, path="/api/sessions")).json()
    # A cookie that comes along is another session.
    client.headers["Authorization"] = f"Bearer {former['token']}"
    answer = await change(client, PASSWORD, "een nieuwe lange zin")
    assert (answer.status_code, "set-cookie" in answer.headers) == (200, False)
    body = answer.json()
    assert set(body) == {"token", "expiresAt", "deviceToken"}
    await until_refused(client, {"Authorization": f"Bearer {former['token']}"})
    await until_refused(client, {"Cookie": f"{COOKIE}={client.cookies[COOKIE]}"})
    client.headers["Authorization"] = f"Bearer {body['token']}"
    [session] = (await client.get("/api/sessions")).json()["items"]
    assert (session["current"], session["expiresAt"]) == (True, body["expiresAt"])
    # Its device is known, and a stranger's guesses don't shut it out.
    await shut_out(database, name, address)
    for device, status in ((former["deviceToken"], 429), (body["deviceToken"], 201)):
        more = {"deviceToken": device}
        login = await log_in(client, name, "een nieuwe lange zin", path="/api/sessions", address=address, more=more)
        assert login.status_code == status


async def test_a_session_that_ends_meanwhile_changes_no_password(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name = new_name()
    user_id = (await register(client, name)).json()["user"]["id"]
    async with database.transaction():
        await database.execute("delete from sessions where user_id = $1", user_id)
        changing = asyncio.create_task(change(client, PASSWORD, "een nieuwe lange zin"))
        await until_waiting(database, "replace_token")
    answer = await changing
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")
    assert "set-cookie" not in answer.headers
    assert (await log_in(client, name)).status_code == 200


async def test_the_old_password_is_needed(client: httpx.AsyncClient) -> None:
    name = new_name()
    await register(client, name)
    answer = await change(client, "fout", "een nieuwe lange zin")
    assert answer.status_code == 400
    assert answer.json()["code"] == "wrong_old_password"
    assert (await log_in(client, name)).status_code == 200


async def test_guessing_the_old_password_is_throttled(client: httpx.AsyncClient, database: Connection) -> None:
    name = new_name()
    user_id = (await register(client, name)).json()["user"]["id"]
    assert (await change(client, "fout", "een nieuwe lange zin")).status_code == 400
    await database.execute(
        "update rate_limits set drained_at = now() + interval '1 hour' where subject = 'old-password:' || $1::text",
        str(user_id),
    )
    for new in ("een nieuwe lange zin", "Nestwerk2026!"):
        assert (await change(client, PASSWORD, new)).status_code == 429
    # Who has a session keeps nobody from logging in, and the other way round.
    assert (await log_in(client, name)).status_code == 200


@pytest.mark.parametrize(
    "password", ["{name}", "{name}2026!", "{email}", "{upper}@EXAMPLE.ORG", "Nestwerk2026!", "n3stw3rk"]
)
async def test_a_new_password_is_not_what_everybody_knows(client: httpx.AsyncClient, password: str) -> None:
    name = new_name()
    await register(client, name)
    new = password.format(name=name, upper=name.upper(), email=f"{name}@example.org")
    answer = await change(client, PASSWORD, new)
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/newPassword"]
    assert "lijkt te veel op" in answer.json()["message"]
    assert (await log_in(client, name)).status_code == 200


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
