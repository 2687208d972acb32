"""Accounts that are banned: nobody logs in to them, and their sessions end."""

import asyncio

import asyncpg
import httpx

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.auth.logins import log_in, new_address, new_name, register
from tests.auth.test_sessions import until
from tests.waiting import until_mailed, until_waiting

BAN = "update users set banned_at = now(), ban_reason = 'abuse' where username = $1"
UNBAN = "update users set banned_at = null, ban_reason = null where username = $1"


async def test_only_who_has_the_password_learns_of_the_ban(
    client: httpx.AsyncClient, database: Connection, name: str
) -> None:
    await database.execute(BAN, name)
    address = new_address()
    for path in ("/api/login", "/api/sessions"):
        answer = await log_in(client, name, path=path, address=address)
        assert (answer.status_code, answer.json()["code"]) == (403, "account_suspended")
        assert "set-cookie" not in answer.headers
    wrong, unknown = [await log_in(client, each, "fout", address=address) for each in (name, new_name())]
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json()["message"] == unknown.json()["message"]
    # A right password is no guess, so none of these attempts counts.
    statuses = [(await log_in(client, name, address=address)).status_code for _ in range(12)]
    assert statuses == [403] * 12
    await database.execute(UNBAN, name)
    assert (await log_in(client, name, address=address)).status_code == 200


async def test_the_name_stays_taken(client: httpx.AsyncClient, database: Connection, name: str) -> None:
    await database.execute(BAN, name)
    assert (await register(client, name)).json()["code"] == "username_taken"


async def test_sessions_end_on_all_workers_at_once(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    other = await accounts.parent()
    await until(parent.client, 200)
    await database.execute(BAN, parent.username)
    await until(parent.client, 401)
    assert (await other.client.get("/api/user")).status_code == 200
    await database.execute(UNBAN, parent.username)
    assert (await parent.client.get("/api/user")).status_code == 401


async def test_a_login_at_the_moment_of_a_ban_waits_and_is_refused(
    client: httpx.AsyncClient, database: Connection, name: str
) -> None:
    await until_mailed(database, name)
    async with database.transaction():
        await database.execute(BAN, name)
        login = asyncio.create_task(log_in(client, name))
        await until_waiting(database, "add_session")
    assert (await login).json()["code"] == "account_suspended"
    sessions = "select count(*) from sessions join users as account on account.id = user_id where username = $1"
    assert await database.fetchval(sessions, name) == 0


async def test_a_login_that_came_before_a_ban_ends_with_it(
    client: httpx.AsyncClient, database: Connection, dsn: str, name: str
) -> None:
    user_id = await database.fetchval("select id from users where username = $1", name)
    other = await asyncpg.connect(dsn)
    try:
        async with other.transaction():
            # What add_session does.
            await other.execute("select from users where id = $1 for no key update", user_id)
            await other.execute(
                "insert into sessions (user_id, token_digest, expires_at)"
                " values ($1, sha256(random()::text::bytea), now() + interval '1 day')",
                user_id,
            )
            ban = asyncio.create_task(database.execute(BAN, name))
            await until_waiting(other, "set banned_at = now()")
        await ban
    finally:
        await other.close()
    assert not await database.fetchval("select exists (select from sessions where user_id = $1)", user_id)
