"""Logging in with a passkey."""

import asyncio
from typing import Any, Final

import httpx

from api.auth.networks import networks_of
from api.database.aliases import Connection
from api.passkeys.challenges import to_base64url
from tests.accounts import Accounts
from tests.auth.logins import PASSWORD, fill, new_address
from tests.auth.test_devices import check_known
from tests.passkeys.authenticator import MALFORMED, PRESENT, VERIFIED, Authenticator, with_passkey
from tests.second_factors.factors import EVENTS, outcome

DAY = 24 * 60 * 60
# What may be wrong with what is signed.
WRONG: Final[tuple[dict[str, Any], ...]] = (
    {"origin": "https://nestwerk.example"},
    {"rp_id": "example.org"},
    {"type": "webauthn.create"},
    {"flags": PRESENT},
    {"flags": VERIFIED},
    {"signature": b"x"},
    {"signature": bytes(70)},
    {"user_handle": to_base64url((1).to_bytes(8, "big"))},
    {"user_handle": ""},
    {"challenge": to_base64url(bytes(32))},
    {"challenge": ""},
    {"crossOrigin": True},
)


async def test_it_takes_neither_username_nor_password(client: httpx.AsyncClient, database: Connection) -> None:
    owner, authenticator = await with_passkey(client)
    before = dict(client.cookies)
    device = before["nestwerk_device"]
    answer = await authenticator.present(authenticator.signed(await authenticator.login_options()), rememberMe=True)
    assert answer.status_code == 200
    assert answer.json()["user"]["username"] == owner.name
    assert answer.json()["message"] == "Fijn dat je er weer bent."
    session, kept = answer.headers.get_list("set-cookie")
    assert f"Max-Age={30 * DAY};" in session
    # The device stays the same one, and the session before ends.
    assert f"nestwerk_device={device};" in kept
    assert client.cookies["nestwerk_session"] != before["nestwerk_session"]
    assert (await client.get("/api/user")).json()["id"] == owner.user_id
    assert await database.fetchval("select count(*) from sessions where user_id = $1", owner.user_id) == 1
    [passkey] = (await client.get("/api/passkeys")).json()["items"]
    assert passkey["lastUsedAt"]
    client.cookies.clear()
    answer = await authenticator.log_in()
    assert f"Max-Age={DAY};" in answer.headers["set-cookie"]
    means = (
        "select array_agg(details ->> 'means' order by id) from audit_events where user_id = $1 and details ? 'means'"
    )
    assert await database.fetchval(means, owner.user_id) == ["registration", "passkey", "passkey"]


async def test_options_are_the_same_for_everybody(client: httpx.AsyncClient) -> None:
    authenticator = Authenticator(client)
    first, second = await authenticator.login_options(), await authenticator.login_options()
    assert first.pop("challenge") != second.pop("challenge")
    assert first == second == {"rpId": "127.0.0.1", "timeout": 300_000, "userVerification": "required"}


async def test_what_is_signed_wrong_is_refused(client: httpx.AsyncClient) -> None:
    _, authenticator = await with_passkey(client)
    client.cookies.clear()
    for wrong in WRONG:
        answer = await authenticator.log_in(**wrong)
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_passkey"), wrong
        assert "set-cookie" not in answer.headers
    assert (await authenticator.log_in()).status_code == 200


async def test_a_challenge_counts_once_and_for_five_minutes(client: httpx.AsyncClient, database: Connection) -> None:
    _, authenticator = await with_passkey(client)
    client.cookies.clear()
    # One of a new passkey, as another account may have.
    signed = authenticator.signed(await authenticator.login_options())
    answers = await asyncio.gather(*[authenticator.present(signed) for _ in range(3)])
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401]
    assert (await authenticator.present(signed)).status_code == 401
    # So it does where what was signed is wrong.
    options = await authenticator.login_options()
    assert (await authenticator.present(authenticator.signed(options, flags=PRESENT))).status_code == 401
    assert (await authenticator.present(authenticator.signed(options))).status_code == 401
    options = await authenticator.login_options()
    await database.execute("update passkey_logins set expires_at = now()")
    assert (await authenticator.present(authenticator.signed(options))).status_code == 401


async def test_a_challenge_of_a_new_passkey_is_none_for_a_login(client: httpx.AsyncClient) -> None:
    _, authenticator = await with_passkey(client)
    options = await authenticator.registration_options()
    signed = authenticator.signed({"rpId": options["rp"]["id"], "challenge": options["challenge"]})
    assert (await authenticator.present(signed)).status_code == 401


async def test_a_counter_that_goes_back_is_refused_and_recorded(
    client: httpx.AsyncClient, database: Connection
) -> None:
    owner, authenticator = await with_passkey(client)
    authenticator.count = 41
    assert (await authenticator.log_in()).status_code == 200
    for count in (41, 42 - 5):
        authenticator.count = count
        assert (await authenticator.log_in()).json()["code"] == "wrong_passkey"
    authenticator.count = 0
    assert (await authenticator.log_in(counts=False)).json()["code"] == "wrong_passkey"
    # Of two at once with the same count, as of a copy, one is refused.
    authenticator.count = 99
    options = [await authenticator.login_options() for _ in range(2)]
    signed = [authenticator.signed(each, counts=False) for each in options]
    answers = await asyncio.gather(*map(authenticator.present, signed))
    assert sorted(answer.status_code for answer in answers) == [200, 401]
    # Once an hour and network, or twice where two are at once.
    assert set(await database.fetchval(EVENTS, owner.user_id)) == {"passkey_added", "passkey_copied"}


async def test_one_that_does_not_count_logs_in_again(client: httpx.AsyncClient) -> None:
    _, authenticator = await with_passkey(client)
    for _ in range(2):
        assert (await authenticator.log_in(counts=False)).status_code == 200


async def test_the_key_of_another_account_logs_in_to_that_one_only(client: httpx.AsyncClient) -> None:
    owner, authenticator = await with_passkey(client)
    other, stranger = await with_passkey(client)
    client.cookies.clear()
    assert (await stranger.log_in()).json()["user"]["id"] == other.user_id
    # It claims to be the first one's.
    stranger.user_handle = authenticator.user_handle
    assert (await stranger.log_in()).status_code == 401
    stranger.credential_id = authenticator.credential_id
    assert (await stranger.log_in()).status_code == 401
    assert (await authenticator.log_in()).json()["user"]["id"] == owner.user_id


async def test_who_is_banned_stays_out(client: httpx.AsyncClient, database: Connection) -> None:
    owner, authenticator = await with_passkey(client)
    ban = "update users set banned_at = now(), ban_reason = 'abuse' where id = $1"
    await database.execute(ban, owner.user_id)
    answer = await authenticator.log_in()
    assert (answer.status_code, answer.json()["code"]) == (403, "account_suspended")
    # Nobody learns that without the passkey.
    assert (await authenticator.log_in(signature=b"x")).json()["code"] == "wrong_passkey"


async def test_a_device_is_known_to_its_account_until_it_expires(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    credential = f"credential of {parent.username}".encode()
    await database.execute(
        "insert into passkeys (user_id, credential_id, public_key, sign_count, name) values ($1, $2, '\\x00', 0, 'a')",
        parent.user_id,
        credential,
    )
    await check_known(accounts, database, parent, "find_passkey", credential_id=credential)


async def test_malformed(client: httpx.AsyncClient) -> None:
    _, authenticator = await with_passkey(client)
    for part in ("clientDataJSON", "authenticatorData", "signature"):
        for value, status in (("", 400), ("!", 400), ("A", 401), ("A" * 400, 401), ("x" * 4001, 400), (None, 400)):
            signed = authenticator.signed(await authenticator.login_options())
            signed["response"][part] = value
            answer = await authenticator.present(signed)
            assert answer.status_code == status, (part, value, answer.text)
    for credential in MALFORMED:
        assert (await client.post("/api/passkeys/login", json={"credential": credential})).status_code == 400


async def test_challenges_of_a_network_are_limited(client: httpx.AsyncClient, database: Connection) -> None:
    address = new_address()
    client.headers["X-Forwarded-For"] = address
    await Authenticator(client).login_options()
    await fill(database, f"challenges:{networks_of(address).own}")
    answer = await client.post("/api/passkeys/login-options")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    client.headers["X-Forwarded-For"] = new_address()
    await Authenticator(client).login_options()


async def test_a_new_password_leaves_passkeys_and_the_factor(client: httpx.AsyncClient, database: Connection) -> None:
    owner, authenticator = await with_passkey(client)
    body = {"oldPassword": PASSWORD, "newPassword": "een nieuwe lange zin"}
    assert (await client.post("/api/users/me/password", json=body)).status_code in {200, 204}
    client.cookies.clear()
    assert await outcome(client, owner.name, password="een nieuwe lange zin") == "second_factor_required"
    assert (await authenticator.log_in()).status_code == 200
