"""Setting up an authenticator app, recovery codes, and taking them off."""

import asyncio
from base64 import b32decode

import httpx
import pyotp
import pytest

from api.auth.throttling import CODE, NOTICES, notice_charges
from api.auth.tokens import token_digest
from api.database.aliases import Connection
from tests.auth.logins import fill, level, log_in
from tests.auth.test_sessions import until
from tests.mail.links import all_mailed, mail_about
from tests.mail.mailbox import text_of
from tests.second_factors.factors import (
    EVENTS,
    code,
    confirm,
    grow_old,
    outcome,
    registered,
    secured,
    set_up,
    wrong_code,
)
from tests.waiting import until_mailed, until_waiting

CHANGES = (
    ("POST", "/api/second-factors/totp", 200),
    ("DELETE", "/api/second-factors/totp", 204),
    ("POST", "/api/second-factors/recovery-codes", 409),
    ("POST", "/api/passkeys/registration-options", 200),
    ("DELETE", "/api/passkeys/1", 404),
)
ABOUT = "Over je inlog bij Nestwerk"
DEVICES = "select array_agg(device_digest) from devices where user_id = $1"


async def test_an_app_counts_once_a_first_code_is_right(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await registered(client)
    answer = await client.post("/api/second-factors/totp")
    secret = answer.json()["secret"]
    read = pyotp.parse_uri(answer.json()["uri"])
    assert (read.secret, read.name, read.issuer) == (secret, owner.name, "Nestwerk")
    assert len(b32decode(secret)) == 20
    # Half set up, it isn't asked for.
    assert await outcome(client, owner.name) == "ok"
    nothing = {"secondFactorAt": None, "totpConfirmedAt": None, "passkeys": 0, "recoveryCodesLeft": 0}
    assert (await client.get("/api/second-factors")).json() == nothing
    answer = await confirm(client, wrong_code(secret))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/code")
    answer = await confirm(client, code(secret))
    assert answer.status_code == 200
    codes = answer.json()["recoveryCodes"]
    assert len(set(codes)) == 10
    assert all(len(each.replace("-", "")) == 16 for each in codes)
    found = (await client.get("/api/second-factors")).json()
    assert found["totpConfirmedAt"]
    assert found["secondFactorAt"]
    assert (found["passkeys"], found["recoveryCodesLeft"]) == (0, 10)
    # The code that confirmed it is used up.
    assert await outcome(client, owner.name, code=code(secret)) == "wrong_code"
    assert await outcome(client, owner.name, code=code(secret, 1)) == "ok"
    rows = await database.fetch(
        "select totp_factors::text from totp_factors where user_id = $1"
        " union all select recovery_codes::text from recovery_codes where user_id = $1",
        owner.user_id,
    )
    kept = str(rows).lower()
    assert b32decode(secret).hex() not in kept
    assert not any(each in kept or each.replace("-", "") in kept for each in codes)


async def test_the_first_factor_ends_all_sessions_that_began_without_it(
    client: httpx.AsyncClient, database: Connection
) -> None:
    owner = await registered(client)
    before = (await log_in(client, owner.name, path="/api/sessions")).json()["token"]
    secret = await set_up(client)
    assert (await confirm(client, code(secret))).status_code == 200
    assert (await client.get("/api/user")).status_code == 200
    # Each known device may guess codes, so none is but this one.
    own = token_digest(client.cookies["nestwerk_device"])
    assert await database.fetchval(DEVICES, owner.user_id) == [own]
    async with httpx.AsyncClient(base_url=client.base_url, headers={"Authorization": f"Bearer {before}"}) as other:
        await until(other, 401)


async def test_a_new_set_up_replaces_one_that_is_not_confirmed_and_nothing_else(
    client: httpx.AsyncClient, database: Connection
) -> None:
    owner = await registered(client)
    first, second = await set_up(client), await set_up(client)
    assert (await confirm(client, code(first))).status_code == 400
    await database.execute("update totp_factors set expires_at = now() where user_id = $1", owner.user_id)
    answer = await confirm(client, code(second))
    assert (answer.status_code, answer.json()["code"]) == (404, "totp_not_found")
    third = await set_up(client)
    assert (await confirm(client, code(third))).status_code == 200
    answer = await client.post("/api/second-factors/totp")
    assert (answer.status_code, answer.json()["code"]) == (409, "totp_active")
    assert (await confirm(client, code(third))).json()["code"] == "totp_not_found"


async def test_who_has_stolen_a_session_does_not_guess_the_first_code(
    client: httpx.AsyncClient, database: Connection
) -> None:
    owner = await registered(client)
    secret = await set_up(client)
    await fill(database, f"code:{owner.user_id}:first", (CODE.attempts - 1) * CODE.seconds)
    assert (await confirm(client, wrong_code(secret))).status_code == 400
    assert (await confirm(client, code(secret))).json()["code"] == "too_many_attempts"


async def test_taken_off_it_is_asked_for_no_more_and_its_recovery_codes_are_gone(
    client: httpx.AsyncClient, database: Connection
) -> None:
    owner = await secured(client, database)
    assert (await client.delete("/api/second-factors/totp")).status_code == 204
    assert (await client.delete("/api/second-factors/totp")).json()["code"] == "totp_not_found"
    assert await outcome(client, owner.name) == "ok"
    assert not await database.fetchval("select exists (select from recovery_codes where user_id = $1)", owner.user_id)
    answer = await client.post("/api/second-factors/recovery-codes")
    assert (answer.status_code, answer.json()["code"]) == (409, "no_second_factor")
    assert await database.fetchval(EVENTS, owner.user_id) == ["totp_added", "totp_removed"]


async def test_a_session_that_ends_meanwhile_adds_nothing(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await registered(client)
    secret = await set_up(client)
    await until_mailed(database, owner.name)
    async with database.transaction():
        await database.execute("update users set password = password where id = $1", owner.user_id)
        confirmation = asyncio.create_task(confirm(client, code(secret)))
        await until_waiting(database, "lock_account")
        await database.execute("delete from sessions where user_id = $1", owner.user_id)
    answer = await confirmation
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


async def test_new_recovery_codes_take_the_place_of_the_old_ones(
    client: httpx.AsyncClient, database: Connection
) -> None:
    owner = await secured(client, database)
    codes = (await client.post("/api/second-factors/recovery-codes")).json()["recoveryCodes"]
    assert len(codes) == 10
    assert not set(codes) & set(owner.recovery_codes)
    assert await outcome(client, owner.name, recoveryCode=owner.recovery_codes[0]) == "wrong_code"
    assert await outcome(client, owner.name, recoveryCode=codes[0]) == "ok"
    assert (await client.get("/api/second-factors")).json()["recoveryCodesLeft"] == 9


async def test_a_session_that_was_stolen_or_left_open_changes_nothing(
    client: httpx.AsyncClient, database: Connection
) -> None:
    owner = await registered(client)
    await grow_old(database, owner.user_id)
    for method, path, _ in CHANGES:
        answer = await client.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (403, "recent_login_required"), path
    # To log in again is all that it takes.
    assert (await log_in(client, owner.name)).status_code == 200
    assert [(await client.request(method, path)).status_code for method, path, _ in CHANGES] == [
        status for _, _, status in CHANGES
    ]


async def test_an_address_that_was_only_named_is_not_flooded(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await secured(client, database)
    email = f"{owner.name}@example.org"
    await mail_about(email, ABOUT)
    subject = notice_charges(email)[0].subject
    assert await level(database, subject) == pytest.approx(NOTICES.seconds, abs=60)
    await fill(database, subject)
    assert (await client.post("/api/second-factors/recovery-codes")).status_code == 200
    assert (await all_mailed(database, email)).count(ABOUT) == 1
    # Its owner is told whatever comes.
    await database.execute("update users set email_confirmed_at = now() where id = $1", owner.user_id)
    assert (await client.post("/api/second-factors/recovery-codes")).status_code == 200
    await mail_about(email, ABOUT, number=2)


async def test_the_owner_is_told_by_mail(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await secured(client, database)
    client.headers["Accept-Language"] = "en"
    assert await outcome(client, owner.name, recoveryCode=owner.recovery_codes[0]) == "ok"
    email = f"{owner.name}@example.org"
    assert "vraagt vanaf nu ook om een code" in text_of(await mail_about(email, ABOUT))
    assert "A recovery code has just been used" in text_of(await mail_about(email, "About your login with Nestwerk"))
