"""The throttle holds back guesses, but no other logins."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest

from api.auth.passwords import PasswordsBusy
from api.auth.throttling import throttled
from api.database.aliases import Connection
from api.database.pool import open_pool
from api.database.queries import attached
from tests.auth.logins import log_in, new_address, new_name, register

ROW = "select failures, blocked_until > now() as blocked from login_throttles where subject = "
OF_ACCOUNT = ROW + "'account:' || encode(sha256(convert_to(fold($1), 'UTF8')), 'hex')"
OF_ADDRESS = ROW + "'address:' || $1"


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[None]:
    async with open_pool(dsn, []) as opened:
        with attached(opened):
            yield


async def fail(username: str, address: str) -> None:
    with suppress(LookupError):
        async with throttled(username, address):
            raise LookupError


async def test_a_login_succeeds_from_an_address_with_many_failures(
    client: httpx.AsyncClient, database: Connection
) -> None:
    name, address = new_name(), "198.51.100.20"
    await register(client, name)
    await database.execute(
        "insert into login_throttles (subject, failures, blocked_until) values ('address:' || $1, 20, '-infinity')",
        address,
    )
    for _ in range(3):
        assert (await log_in(client, name, address=address)).status_code == 200
    assert dict(await database.fetchrow(OF_ADDRESS, address) or {}) == {"failures": 20, "blocked": False}
    assert (await log_in(client, name, "fout", address=address)).status_code == 401
    held = await log_in(client, new_name(), "fout", address=address)
    assert held.status_code == 429
    assert int(held.headers["retry-after"]) > 600


async def test_a_password_that_was_not_checked_is_no_failure(pool: None, database: Connection) -> None:
    name, address = new_name(), "198.51.100.21"
    for _ in range(4):
        await fail(name, address)
    for _ in range(3):
        with pytest.raises(PasswordsBusy):
            async with throttled(name, address):
                raise PasswordsBusy
    for statement, subject in ((OF_ACCOUNT, name), (OF_ADDRESS, address)):
        assert dict(await database.fetchrow(statement, subject) or {}) == {"failures": 4, "blocked": False}


def test_too_many_passwords_at_once_get_retry_after() -> None:
    assert PasswordsBusy().type.status == 503
    assert int(PasswordsBusy().headers["Retry-After"]) >= 1


async def test_ipv4_clients_of_a_dual_stack_socket_are_counted_apart(pool: None, database: Connection) -> None:
    for address in ("::ffff:198.51.100.22", "198.51.100.22", "::ffff:198.51.100.23"):
        await fail(new_name(), address)
    for address, failures in (("198.51.100.22", 2), ("198.51.100.23", 1)):
        assert dict(await database.fetchrow(OF_ADDRESS, address) or {}) == {"failures": failures, "blocked": False}


@pytest.mark.parametrize("address", ["unknown", "fe80::1%" + "x" * 300, "198.51.100.24"])
async def test_any_address_can_be_counted(pool: None, address: str) -> None:
    async with throttled(new_name(), address):
        pass


async def test_attempts_at_once_do_not_deadlock(pool: None) -> None:
    name, address = new_name(), new_address()

    async def log_in_again_and_again() -> None:
        for _ in range(100):
            async with throttled(name, address):
                pass

    await asyncio.gather(*[log_in_again_and_again() for _ in range(4)])
