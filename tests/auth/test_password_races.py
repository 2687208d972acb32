"""Concurrent logins and changes of the password."""

import asyncio

import httpx

from api.auth.passwords import hash_password
from api.database.aliases import Connection
from tests.auth.former_hashes import former_hash
from tests.auth.logins import PASSWORD, log_in, new_name, register
from tests.waiting import until_mailed, until_waiting


async def test_a_login_at_the_moment_of_a_password_change_leaves_no_session(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name = new_name()
    user_id = (await register(client, name)).json()["user"]["id"]
    new_hash = hash_password("een nieuwe lange zin")
    await until_mailed(database, name)
    async with database.transaction():
        await database.execute("update users set password = $2 where id = $1", user_id, new_hash)
        login = asyncio.create_task(log_in(client, name, path="/api/sessions"))
        await until_waiting(database, "add_session")
        await database.execute("delete from sessions where user_id = $1", user_id)
    assert (await login).status_code == 401
    assert not await database.fetchval("select exists (select from sessions where user_id = $1)", user_id)


async def test_a_login_succeeds_while_another_one_renews_the_hash(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name = new_name()
    user_id = (await register(client, name)).json()["user"]["id"]
    await until_mailed(database, name)
    await database.execute("update users set password = $2 where id = $1", user_id, former_hash(PASSWORD))
    async with database.transaction():
        await database.execute("update users set password = $2 where id = $1", user_id, hash_password(PASSWORD))
        login = asyncio.create_task(log_in(client, name, path="/api/sessions"))
        await until_waiting(database, "rehash_password")
    assert (await login).status_code == 201


async def test_a_login_keeps_no_hash_of_a_password_that_is_given_up_meanwhile(
    client: httpx.AsyncClient, database: Connection
) -> None:
    """It would open the account with that password, were the system before gone back to."""
    name = new_name()
    user_id = (await register(client, name)).json()["user"]["id"]
    await until_mailed(database, name)
    await database.execute("update users set password = $2 where id = $1", user_id, former_hash(PASSWORD))
    await database.execute("insert into former_passwords (user_id) values ($1)", user_id)
    async with database.transaction():
        await database.execute("update users set password = $2 where id = $1", user_id, hash_password("een andere zin"))
        login = asyncio.create_task(log_in(client, name, path="/api/sessions"))
        await until_waiting(database, "rehash_password")
    await login
    assert await database.fetchval("select old_password from former_passwords where user_id = $1", user_id) is None
