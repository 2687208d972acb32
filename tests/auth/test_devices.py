"""Devices that an account knows: a budget of attempts of their own."""

import hashlib
from secrets import token_bytes

import httpx

from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.auth.logins import PASSWORD, log_in, new_address, new_name, register, shut_out
from tests.statements import run_named

COOKIE = "nestwerk_device"


async def test_a_browser_that_logged_in_before_is_not_shut_out_by_others(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name, address = new_name(), new_address()
    await register(client, name)
    device = client.cookies[COOKIE]
    await shut_out(database, name, address)
    client.cookies.clear()
    assert (await log_in(client, name, address=address)).status_code == 429
    client.cookies.set(COOKIE, device)
    for _ in range(2):
        answer = await log_in(client, name, address=address)
        assert answer.status_code == 200
        # It stays the same device.
        assert f"{COOKIE}={device};" in answer.headers["set-cookie"]
    # It has a budget of its own.
    statuses = [(await log_in(client, name, "fout", address=address)).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    assert (await log_in(client, name, address=address)).status_code == 429
    assert (await log_in(client, name)).status_code == 429
    client.cookies.clear()
    assert (await log_in(client, name)).status_code == 200


async def test_a_device_is_known_to_its_account_until_it_expires(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    await check_known(accounts, database, parent, "get_login", username=parent.username)


async def check_known(
    accounts: Accounts, database: Connection, parent: Parent, statement: str, **values: object
) -> None:
    """A statement tells which of some devices its account knows, and that there's no text to agree to."""
    other = await accounts.parent()
    first, second, unknown, expired, others = sorted(token_bytes(32) for _ in range(5))
    for user_id, digest, days in (
        (parent.user_id, first, 1),
        (parent.user_id, second, 1),
        (parent.user_id, expired, 0),
        (other.user_id, others, 1),
    ):
        await database.execute(
            "insert into devices values ($1, $2, now() + $3 * interval '1 day')", user_id, digest, days
        )

    async def known(*digests: bytes) -> bytes | None:
        [row] = await run_named(database, statement, device_digests=list(digests), **values)
        assert row["consent_needed"] is await database.fetchval("select needs_consent($1)", parent.user_id)
        found: bytes | None = row["device_digest"]
        return found

    assert await known(second, first, expired, others) == first
    assert await known(unknown, second) == second
    for none in ((), (unknown,), (expired,), (others,)):
        assert await known(*none) is None
    await database.execute(
        "insert into consents (user_id, purpose, version, agreed_at)"
        " select $1, purpose, version, now() from consent_texts",
        parent.user_id,
    )
    assert await known() is None


async def test_the_cookie_is_kept_as_the_sessions_is(client: httpx.AsyncClient) -> None:
    [cookie] = [line for line in (await register(client, new_name())).headers.get_list("set-cookie") if COOKIE in line]
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert attributes == {"httponly", "samesite=lax", "path=/", f"max-age={365 * 86400}"}
    client.headers["X-Forwarded-Proto"] = "https"
    [cookie] = [line for line in (await register(client, new_name())).headers.get_list("set-cookie") if COOKIE in line]
    assert cookie.startswith(f"__Host-{COOKIE}=")
    assert "secure" in {part.strip().lower() for part in cookie.split(";")}


async def test_a_token_of_another_account_or_of_nobody_is_worth_nothing(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name, address = new_name(), new_address()
    await register(client, new_name())
    other = client.cookies[COOKIE]
    client.cookies.clear()
    await register(client, name)
    await shut_out(database, name, address)
    client.cookies.clear()
    assert (await log_in(client, name, address=address)).status_code == 429
    for value in (other, other[:-1], "", "x", ".".join([other] * 50)):
        client.cookies.clear()
        client.cookies.set(COOKIE, value)
        assert (await log_in(client, name, address=address)).status_code == 429


async def test_parents_who_share_a_browser_are_known_both(client: httpx.AsyncClient, database: Connection) -> None:
    names, address = [new_name() for _ in range(2)], new_address()
    for name in names:
        await register(client, name)
    cookie = client.cookies[COOKIE]
    assert len(cookie.split(".")) == 2
    for name in names:
        await shut_out(database, name, address)
        client.cookies.clear()
        client.cookies.set(COOKIE, cookie)
        assert (await log_in(client, name, address=address)).status_code == 200
    # Nothing in the database says that they do.
    digests = [hashlib.sha256(token.encode()).digest() for token in cookie.split(".")]
    users = await database.fetch("select user_id from devices where device_digest = any($1)", digests)
    assert len({row["user_id"] for row in users}) == len(users) == 2


async def test_an_api_client_shows_its_token_in_the_body(client: httpx.AsyncClient, database: Connection) -> None:
    name, address = new_name(), new_address()
    await register(client, name)
    client.cookies.clear()
    device = (await log_in(client, name, path="/api/sessions")).json()["deviceToken"]
    await shut_out(database, name, address)
    client.cookies.clear()
    assert (await log_in(client, name, address=address)).status_code == 429
    for token, status in ((device, 201), (None, 429), ("", 429), (device[:-1], 429)):
        answer = await log_in(client, name, path="/api/sessions", address=address, more={"deviceToken": token})
        assert answer.status_code == status
        if status == 201:
            assert answer.json()["deviceToken"] == device
    # The web client's login takes it too, and keeps it in the cookie.
    assert (await log_in(client, name, address=address, more={"deviceToken": device})).status_code == 200
    assert client.cookies[COOKIE] == device


async def test_a_token_is_no_session(client: httpx.AsyncClient) -> None:
    await register(client, new_name())
    device = client.cookies[COOKIE]
    client.cookies.clear()
    for headers in ({"Authorization": f"Bearer {device}"}, {"Cookie": f"nestwerk_session={device}"}):
        assert (await client.get("/api/user", headers=headers)).status_code == 401


async def test_a_change_of_the_password_forgets_all_devices_but_its_own(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name, address, new = new_name(), new_address(), "een nieuwe lange zin"
    user_id = (await register(client, name)).json()["user"]["id"]
    stolen = client.cookies[COOKIE]
    body = {"oldPassword": PASSWORD, "newPassword": new}
    assert (await client.post("/api/users/me/password", json=body)).status_code == 204
    renewed = client.cookies[COOKIE]
    assert renewed.split(".")[0] != stolen
    assert await database.fetchval("select count(*) from devices where user_id = $1", user_id) == 1
    await shut_out(database, name, address)
    client.cookies.clear()
    assert (await log_in(client, name, address=address)).status_code == 429
    for value, status in ((stolen, 429), (renewed, 200)):
        client.cookies.clear()
        client.cookies.set(COOKIE, value)
        assert (await log_in(client, name, new, address=address)).status_code == status


async def test_logging_out_keeps_the_device_known(client: httpx.AsyncClient) -> None:
    await register(client, new_name())
    device = client.cookies[COOKIE]
    await client.post("/api/logout")
    assert client.cookies[COOKIE] == device


async def test_devices_are_stored_as_digests_at_most_50_and_for_a_year(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name = new_name()
    user_id = (await register(client, name)).json()["user"]["id"]
    first = client.cookies[COOKIE]
    stored = "select device_digest, expires_at - now() > interval '364 days' as is_new from devices where user_id = $1"
    [row] = await database.fetch(stored, user_id)
    assert tuple(row) == (hashlib.sha256(first.encode()).digest(), True)
    await database.execute(
        "insert into devices (user_id, device_digest, expires_at)"
        " select $1, sha256(n::text::bytea), now() + n * interval '1 day' from generate_series(1, 60) as n",
        user_id,
    )
    client.cookies.clear()
    await log_in(client, name)
    rows = await database.fetch(stored, user_id)
    assert (len(rows), sum(row["is_new"] for row in rows)) == (50, 2)
