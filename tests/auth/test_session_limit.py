"""An account has 50 sessions at most."""

import asyncio

import httpx

from api.database.aliases import Connection
from tests.auth.logins import PASSWORD, log_in, new_address, new_name, register, shut_out

LIMIT = 50
DEVICE = "nestwerk_device"


async def fill(database: Connection, name: str, count: int) -> int:
    """Give an account sessions until it has so many; each was begun a minute after the one before, all before now."""
    user_id: int = await database.fetchval("select id from users where username = $1", name)
    await database.execute("delete from sessions where user_id = $1", user_id)
    await database.execute(
        "insert into sessions (user_id, token_digest, user_agent, created_at, expires_at)"
        " select $1, sha256(concat($1::bigint, n)::bytea), n::text, now() - (100 - n) * interval '1 minute',"
        "        now() + interval '1 hour' from generate_series(1, $2::integer) as n",
        user_id,
        count,
    )
    return user_id


async def kept(database: Connection, user_id: int) -> list[str]:
    rows = await database.fetch("select user_agent from sessions where user_id = $1 order by id", user_id)
    return [row["user_agent"] for row in rows]


async def test_the_one_that_is_longest_unused_ends(client: httpx.AsyncClient, database: Connection, name: str) -> None:
    user_id = await fill(database, name, LIMIT)
    # One has expired and isn't removed yet; the first was used lately.
    await database.execute(
        "update sessions set expires_at = now() - interval '1 second' where user_id = $1 and user_agent = '50'", user_id
    )
    await database.execute("update sessions set renewed_at = now() where user_id = $1 and user_agent = '1'", user_id)
    tokens = [(await log_in(client, name, path="/api/sessions")).json()["token"] for _ in range(3)]
    assert (await kept(database, user_id))[:-3] == ["1", *map(str, range(4, LIMIT))]
    for token in tokens:
        assert (await client.get("/api/user", headers={"Authorization": f"Bearer {token}"})).status_code == 200


async def test_logins_at_the_same_time_keep_the_limit_and_their_sessions(
    client: httpx.AsyncClient, database: Connection, name: str
) -> None:
    user_id = await fill(database, name, LIMIT - 1)
    answers = await asyncio.gather(*[log_in(client, name, path="/api/sessions") for _ in range(8)])
    assert (await kept(database, user_id))[:-8] == [str(n) for n in range(8, LIMIT)]
    for answer in answers:
        bearer = {"Authorization": f"Bearer {answer.json()['token']}"}
        assert (await client.get("/api/user", headers=bearer)).status_code == 200


async def test_who_is_logged_out_so_is_not_shut_out(client: httpx.AsyncClient, database: Connection) -> None:
    """The device stays known, though strangers guess."""
    name, address = new_name(), new_address()
    await register(client, name)
    await fill(database, name, LIMIT)
    await log_in(client, name, path="/api/sessions")
    assert (await client.get("/api/user")).status_code == 401
    await shut_out(database, name, address)
    assert (await log_in(client, name, address=address)).status_code == 200
    del client.cookies[DEVICE]
    assert (await log_in(client, name, address=address)).status_code == 429


async def test_accounts_have_limits_of_their_own(client: httpx.AsyncClient, database: Connection) -> None:
    one, other = new_name(), new_name()
    for name in (one, other):
        await register(client, name)
        client.cookies.clear()
    first = await fill(database, one, LIMIT)
    second = await fill(database, other, LIMIT)
    await log_in(client, other, PASSWORD)
    assert (await kept(database, first)) == [str(n) for n in range(1, LIMIT + 1)]
    assert (await kept(database, second))[:-1] == [str(n) for n in range(2, LIMIT + 1)]
