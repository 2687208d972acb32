"""Limits of password guesses over HTTP, across all workers; their figures are in test_throttle_figures."""

import asyncio

import httpx

from api.database.aliases import Connection
from tests.auth.logins import log_in, new_address, new_name, pass_time, register, shut_out


async def guess(name: str, times: int, client: httpx.AsyncClient, address: str) -> list[int]:
    return [(await log_in(client, name, "fout", address=address)).status_code for _ in range(times)]


async def register_elsewhere(client: httpx.AsyncClient, name: str) -> None:
    """Register an account, of which the client keeps no cookies."""
    await register(client, name)
    client.cookies.clear()


async def test_an_account_from_one_network(client: httpx.AsyncClient) -> None:
    name, address = new_name(), new_address()
    await register_elsewhere(client, name)
    assert await guess(name, 10, client, address) == [401] * 10
    held = await log_in(client, name.upper(), "fout", address=address)
    assert held.status_code == 429
    assert held.json()["code"] == "too_many_attempts"
    assert 800 <= int(held.headers["retry-after"]) <= 900
    # The right password isn't looked at either, ...
    assert (await log_in(client, name, address=address)).status_code == 429
    assert (await log_in(client, name, address=address, path="/api/sessions")).status_code == 429
    # ... unless it comes from elsewhere.
    assert (await log_in(client, name)).status_code == 200


async def test_an_unknown_account_is_held_back_alike(client: httpx.AsyncClient) -> None:
    name, address = new_name(), new_address()
    assert await guess(name, 11, client, address) == [401] * 10 + [429]


async def test_refused_attempts_count_nothing(client: httpx.AsyncClient, database: Connection) -> None:
    name, address = new_name(), new_address()
    await register_elsewhere(client, name)
    await shut_out(database, name, address)
    assert await guess(name, 10, client, address) == [429] * 10
    await pass_time(database, 900)
    assert await guess(name, 2, client, address) == [401, 429]
    await pass_time(database, 900)
    assert (await log_in(client, name, address=address)).status_code == 200


async def test_right_logins_at_once_are_not_refused(client: httpx.AsyncClient) -> None:
    name, address = new_name(), new_address()
    await register_elsewhere(client, name)
    answers = await asyncio.gather(*[log_in(client, name, path="/api/sessions", address=address) for _ in range(20)])
    assert [answer.status_code for answer in answers] == [201] * 20


async def test_of_guesses_at_once_no_more_are_looked_at_than_one_after_the_other(client: httpx.AsyncClient) -> None:
    name, address = new_name(), new_address()
    await register_elsewhere(client, name)
    answers = await asyncio.gather(*[log_in(client, name, "fout", address=address) for _ in range(30)])
    assert sorted(answer.status_code for answer in answers) == [401] * 10 + [429] * 20


async def test_a_right_login_forgives_its_account(client: httpx.AsyncClient, database: Connection) -> None:
    name, address = new_name(), new_address()
    await register_elsewhere(client, name)
    await shut_out(database, name, address)
    await pass_time(database, 2 * 900)
    assert await guess(name, 1, client, address) == [401]
    assert (await log_in(client, name, address=address)).status_code == 200
    client.cookies.clear()
    assert await guess(name, 3, client, address) == [401] * 3


async def test_an_address_that_an_untrusted_client_claims_counts_for_nothing(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name, address = new_name(), new_address()
    await shut_out(database, name, address)
    for index in range(2):
        assert await guess(name, 1, client, f"198.51.{index}.1, {address}") == [429]


async def test_attempts_at_once_do_not_deadlock(client: httpx.AsyncClient) -> None:
    name, address = new_name(), new_address()
    await register_elsewhere(client, name)
    answers = await asyncio.gather(
        *[
            log_in(client, name, *(["fout"] if index % 4 == 0 else []), address=address, path="/api/sessions")
            for index in range(24)
        ]
    )
    assert {answer.status_code for answer in answers} <= {201, 401, 429}
