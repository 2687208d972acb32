"""Logins that ask for a second factor."""

import asyncio

import httpx
import pytest

from api.auth.throttling import CODE
from api.auth.tokens import token_digest
from api.database.aliases import Connection
from tests.auth.logins import fill, level, log_in, new_name
from tests.second_factors.factors import EVENTS, code, outcome, registered, secured, wrong_code
from tests.waiting import until_mailed, until_waiting

DEVICE = "nestwerk_device"


@pytest.mark.parametrize(("path", "status"), [("/api/login", 200), ("/api/sessions", 201)])
async def test_a_right_password_needs_a_code_too(
    client: httpx.AsyncClient, database: Connection, path: str, status: int
) -> None:
    owner = await secured(client, database)
    client.cookies.clear()
    answer = await log_in(client, owner.name, path=path)
    assert (answer.status_code, answer.json()["code"]) == (401, "second_factor_required")
    assert answer.json()["ways"] == ["totp", "recovery_code"]
    assert answer.json()["message"].startswith("Je inlog is extra beveiligd.")
    assert "set-cookie" not in answer.headers
    digits = code(owner.secret)
    answer = await log_in(client, owner.name, path=path, more={"code": f"{digits[:3]} {digits[3:]}"})
    assert answer.status_code == status
    assert "ways" not in answer.text


async def test_who_has_not_the_password_learns_nothing_of_factors(
    client: httpx.AsyncClient, database: Connection
) -> None:
    owner = await secured(client, database)
    client.cookies.clear()
    more = {"code": code(owner.secret), "recoveryCode": owner.recovery_codes[0]}
    answers = [await log_in(client, name, "fout", more=more) for name in (owner.name, new_name())]
    assert [answer.status_code for answer in answers] == [401, 401]
    bodies = [{k: v for k, v in answer.json().items() if k != "instance"} for answer in answers]
    assert bodies[0] == bodies[1]
    assert bodies[0]["code"] == "wrong_credentials"
    # What came with a wrong password was not used up.
    assert await outcome(client, owner.name, code=code(owner.secret)) == "ok"
    assert await outcome(client, owner.name, recoveryCode=owner.recovery_codes[0]) == "ok"


async def test_a_code_counts_once_and_so_do_those_before_it(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await secured(client, database)
    now, next_one = code(owner.secret), code(owner.secret, 1)
    assert await outcome(client, owner.name, code=next_one) == "ok"
    assert await outcome(client, owner.name, code=next_one) == "wrong_code"
    assert await outcome(client, owner.name, code=now) == "wrong_code"
    events = ["totp_added", "code_refused", "code_refused"]
    assert await database.fetchval(EVENTS, owner.user_id) == events


async def test_of_two_logins_with_one_code_one_succeeds(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await secured(client, database)
    digits = code(owner.secret)
    outcomes = await asyncio.gather(*[outcome(client, owner.name, code=digits) for _ in range(2)])
    assert sorted(outcomes) == ["ok", "wrong_code"]


async def test_a_wrong_code_is_refused(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await secured(client, database)
    assert await outcome(client, owner.name, code=wrong_code(owner.secret)) == "wrong_code"
    assert await outcome(client, owner.name, code=code("A" * 32)) == "wrong_code"
    for malformed in ("12345", "1234567", "12345a", "12345\u0666", " 123456", "123456\n"):
        assert await outcome(client, owner.name, code=malformed) == "invalid_body"
    # An account without a factor is asked for nothing, and a code does it no harm.
    other = await registered(client)
    assert await outcome(client, other.name, code="123456") == "ok"


async def test_guesses_are_held_back_and_keep_no_known_device_out(
    client: httpx.AsyncClient, database: Connection
) -> None:
    owner = await secured(client, database)
    device = client.cookies[DEVICE]
    client.cookies.clear()
    assert await outcome(client, owner.name, code=wrong_code(owner.secret)) == "wrong_code"
    assert await level(database, f"code:{owner.user_id}") == pytest.approx(CODE.seconds, abs=60)
    await fill(database, f"code:{owner.user_id}", (CODE.attempts - 1) * CODE.seconds)
    assert await outcome(client, owner.name, code=wrong_code(owner.secret)) == "wrong_code"
    # All are used up: the right code isn't looked at, and stays good.
    assert await outcome(client, owner.name, code=code(owner.secret)) == "too_many_attempts"
    # Nobody can guess a recovery code, so they are let through.
    assert await outcome(client, owner.name, recoveryCode=owner.recovery_codes[0]) == "ok"
    assert await outcome(client, owner.name, recoveryCode="aaaa-aaaa-aaaa-aaaa") == "wrong_code"
    assert await outcome(client, owner.name, code=code(owner.secret), deviceToken=device) == "ok"
    # A right code takes out what its device had put in.
    digest = token_digest(device)
    assert digest
    assert await level(database, f"code:{owner.user_id}:{digest.hex()}") == pytest.approx(0, abs=60)


async def test_wrong_codes_are_failures_of_the_network_too(client: httpx.AsyncClient, database: Connection) -> None:
    """Whoever tries known passwords of many accounts, a few codes each, is held back as who tries passwords."""
    owner = await secured(client, database)
    client.cookies.clear()
    for more in ({}, {"code": wrong_code(owner.secret)}, {}):
        assert (await log_in(client, owner.name, address="192.0.2.77", more=more)).status_code == 401
    assert await level(database, "network:192.0.2.77") == pytest.approx(3 * 180, abs=60)
    answer = await log_in(client, owner.name, address="192.0.2.77", more={"code": code(owner.secret)})
    assert answer.status_code == 200
    assert await level(database, "network:192.0.2.77") == pytest.approx(0, abs=60)


async def test_a_recovery_code_counts_once_however_it_is_typed(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await secured(client, database)
    first, second, *_ = owner.recovery_codes
    assert await outcome(client, owner.name, recoveryCode=f" {first.upper().replace('-', ' ')}") == "ok"
    assert await outcome(client, owner.name, recoveryCode=first) == "wrong_code"
    outcomes = await asyncio.gather(*[outcome(client, owner.name, recoveryCode=second) for _ in range(2)])
    assert sorted(outcomes) == ["ok", "wrong_code"]
    assert (await client.get("/api/second-factors")).json()["recoveryCodesLeft"] == 8
    events = await database.fetchval(EVENTS, owner.user_id)
    assert events.count("recovery_code_used") == 2
    other = await registered(client)
    assert await outcome(client, other.name, recoveryCode=owner.recovery_codes[2]) == "ok"
    assert await outcome(client, owner.name, recoveryCode=owner.recovery_codes[2]) == "ok"


async def test_a_login_at_the_moment_of_the_first_factor_needs_it(
    client: httpx.AsyncClient, database: Connection
) -> None:
    owner = await registered(client)
    client.cookies.clear()
    await until_mailed(database, owner.name)
    async with database.transaction():
        await database.execute(
            "insert into passkeys (user_id, credential_id, public_key, sign_count, name)"
            " values ($1, sha256($2), '\\x00', 0, 'Telefoon')",
            owner.user_id,
            owner.name.encode(),
        )
        login = asyncio.create_task(log_in(client, owner.name))
        await until_waiting(database, "add_session")
        await database.execute("delete from sessions where user_id = $1", owner.user_id)
    answer = await login
    assert (answer.status_code, answer.json()["ways"]) == (401, ["passkey"])
    assert not await database.fetchval("select exists (select from sessions where user_id = $1)", owner.user_id)


async def test_a_secret_of_another_account_or_changed_is_worth_nothing(
    client: httpx.AsyncClient, database: Connection
) -> None:
    owner, other = await secured(client, database), await secured(client, database)
    sealed = await database.fetchval("select sealed_secret from totp_factors where user_id = $1", owner.user_id)
    move = "update totp_factors set sealed_secret = $2 where user_id = $1"
    await database.execute(move, other.user_id, sealed)
    assert await outcome(client, other.name, code=code(owner.secret)) == "internal_error"
    await database.execute(move, owner.user_id, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    assert await outcome(client, owner.name, code=code(owner.secret)) == "internal_error"
    await database.execute(move, owner.user_id, sealed)
    assert await outcome(client, owner.name, code=code(owner.secret)) == "ok"
