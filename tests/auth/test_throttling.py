"""Throttling of password guesses by account and by address, across all workers."""

import asyncio

import httpx

from api.database.aliases import Connection
from tests.auth.logins import log_in, new_address, new_name, prolong_blocks, register


async def fail(client: httpx.AsyncClient, name: str, times: int, address: str | None = None) -> list[int]:
    return [(await log_in(client, name, "fout", address=address)).status_code for _ in range(times)]


async def test_by_account_from_many_addresses(client: httpx.AsyncClient, database: Connection) -> None:
    name = new_name()
    await register(client, name)
    assert await fail(client, name, 5) == [401] * 5
    await prolong_blocks(database)
    held = await log_in(client, name.upper(), "fout")
    assert held.status_code == 429
    assert held.json()["code"] == "too_many_attempts"
    assert 3590 <= int(held.headers["retry-after"]) <= 3601
    # The right password is blocked too.
    assert (await log_in(client, name)).status_code == 429
    assert (await log_in(client, name, path="/api/sessions")).status_code == 429


async def test_by_address_over_many_accounts(client: httpx.AsyncClient, database: Connection) -> None:
    address = new_address()
    assert [await fail(client, new_name(), 1, address) for _ in range(5)] == [[401]] * 5
    await prolong_blocks(database)
    assert await fail(client, new_name(), 1, address) == [429]
    assert await fail(client, new_name(), 1, new_address()) == [401]


async def test_a_household_has_one_address(client: httpx.AsyncClient, database: Connection) -> None:
    network = "2001:db8:1234:" + new_name()[-4:]
    assert [await fail(client, new_name(), 1, f"{network}::{index}") for index in range(5)] == [[401]] * 5
    await prolong_blocks(database)
    assert await fail(client, new_name(), 1, f"{network}::ffff") == [429]


async def test_only_the_first_of_many_guesses_at_once_is_checked(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name = new_name()
    await register(client, name)
    await database.execute(
        "insert into login_throttles (subject, failures, blocked_until)"
        " values ('account:' || encode(sha256(convert_to(fold($1), 'UTF8')), 'hex'), 12, '-infinity')",
        name,
    )
    answers = await asyncio.gather(*[log_in(client, name, "fout") for _ in range(100)])
    assert sorted(answer.status_code for answer in answers) == [401] + [429] * 99


async def test_waits_grow_and_refused_attempts_do_not_count(client: httpx.AsyncClient, database: Connection) -> None:
    address = new_address()
    waits = []
    for _ in range(9):
        assert await fail(client, new_name(), 1, address) == [401]
        waits.append(
            await database.fetchval(
                "select case when isfinite(blocked_until) then extract(epoch from blocked_until - updated_at) end"
                " from login_throttles where subject like $1",
                f"%{address[:19]}%",
            )
        )
        if waits[-1]:
            await prolong_blocks(database)
            assert await fail(client, new_name(), 2, address) == [429] * 2
            # The wait is over.
            await database.execute("update login_throttles set blocked_until = now() where isfinite(blocked_until)")
    assert waits == [None, None, None, None, 1, 2, 4, 8, 16]


async def test_waits_end_at_fifteen_minutes(client: httpx.AsyncClient, database: Connection) -> None:
    address = new_address()
    await fail(client, new_name(), 1, address)
    await database.execute("update login_throttles set failures = 1000 where subject like $1", f"%{address[:19]}%")
    await fail(client, new_name(), 1, address)
    held = await log_in(client, new_name(), "fout", address=address)
    assert 890 <= int(held.headers["retry-after"]) <= 900


async def test_success_clears_the_account_and_uncounts_the_attempt_of_the_address(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name, address = new_name(), new_address()
    await register(client, name)
    await fail(client, name, 4, address)
    assert (await log_in(client, name, address=address)).status_code == 200
    assert await fail(client, name, 1, address) == [401]
    # All five failures still count for the address.
    await prolong_blocks(database)
    assert await fail(client, new_name(), 1, address) == [429]
    assert await fail(client, name, 3) == [401] * 3


async def test_failures_are_forgotten_after_half_an_hour(client: httpx.AsyncClient, database: Connection) -> None:
    address = new_address()
    await fail(client, new_name(), 5, address)
    await database.execute("alter table login_throttles disable trigger login_throttles_set_updated_at")
    try:
        await database.execute(
            "update login_throttles set blocked_until = now(), updated_at = now() - interval '31 minutes'"
            " where subject like $1",
            f"%{address[:19]}%",
        )
    finally:
        await database.execute("alter table login_throttles enable trigger login_throttles_set_updated_at")
    assert await fail(client, new_name(), 5, address) == [401] * 5


async def test_an_address_that_an_untrusted_client_claims_counts_for_nothing(
    client: httpx.AsyncClient, database: Connection
) -> None:
    address = new_address()
    for index in range(5):
        claimed = f"198.51.100.{index}, {address}"
        answer = await client.post(
            "/api/login",
            json={"username": new_name(), "password": "fout"},
            headers={"X-Forwarded-For": claimed},
        )
        assert answer.status_code == 401
    await prolong_blocks(database)
    assert await fail(client, new_name(), 1, address) == [429]
