"""Adding passkeys, and looking after them."""

import asyncio
from typing import Any, Final

import cbor2
import httpx

from api.database.aliases import Connection
from api.passkeys.challenges import to_base64url
from tests.passkeys.authenticator import ATTESTED, MALFORMED, PRESENT, VERIFIED, Authenticator, with_passkey
from tests.second_factors.factors import EVENTS, outcome, registered, secured

# What an authenticator may say wrong of a new passkey.
WRONG: Final[tuple[dict[str, Any], ...]] = (
    {"origin": "https://nestwerk.example"},
    {"origin": "http://127.0.0.1"},
    {"rp_id": "example.org"},
    {"type": "webauthn.get"},
    {"flags": PRESENT | ATTESTED},
    {"flags": VERIFIED | ATTESTED},
    {"flags": PRESENT | VERIFIED},
    {"algorithm": -36},
    {"challenge": to_base64url(bytes(32))},
    {"challenge": "!"},
    {"challenge": None},
    {"crossOrigin": True},
    {"attestation": b"\xa1"},
    {"attestation": b"\x9f" * 8000},
    {"attestation": cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": b"short"})},
    {"attestation": cbor2.dumps({"fmt": "packed", "attStmt": {"alg": -7, "sig": b"x"}, "authData": bytes(200)})},
    {"attestation": cbor2.dumps([1, 2, 3])},
)


async def test_a_passkey_is_a_second_factor(client: httpx.AsyncClient, database: Connection) -> None:
    owner, authenticator = await registered(client), Authenticator(client)
    options = await authenticator.registration_options()
    assert options["rp"] == {"id": "127.0.0.1", "name": "Nestwerk"}
    assert (options["user"]["name"], options["attestation"]) == (owner.name, "none")
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["excludeCredentials"] == []
    answer = await authenticator.post("Telefoon", authenticator.made(options))
    assert answer.status_code == 201
    passkey = answer.json()["passkey"]
    assert answer.headers["location"] == f"/api/passkeys/{passkey['id']}"
    assert (passkey["name"], passkey["lastUsedAt"]) == ("Telefoon", None)
    [code, *others] = answer.json()["recoveryCodes"]
    assert len(others) == 9
    assert await outcome(client, owner.name) == "second_factor_required"
    assert await outcome(client, owner.name, code="123456") == "wrong_code"
    assert await outcome(client, owner.name, recoveryCode=code) == "ok"
    # A second one brings no codes, and the browser is told of the first.
    second = Authenticator(client)
    options = await second.registration_options()
    [known] = options["excludeCredentials"]
    assert (known["id"], known["transports"]) == (to_base64url(authenticator.credential_id), ["internal", "hybrid"])
    assert (await second.post("Laptop", second.made(options))).json()["recoveryCodes"] == []
    both = [to_base64url(each.credential_id) for each in (authenticator, second)]
    assert [each["id"] for each in (await second.registration_options())["excludeCredentials"]] == both
    names = [each["name"] for each in (await client.get("/api/passkeys")).json()["items"]]
    assert names == ["Telefoon", "Laptop"]
    events = ["passkey_added", "code_refused", "recovery_code_used", "passkey_added"]
    assert await database.fetchval(EVENTS, owner.user_id) == events


async def test_beside_an_app_it_is_another_way(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await secured(client, database)
    answer = await Authenticator(client).add()
    assert (answer.status_code, answer.json()["recoveryCodes"]) == (201, [])
    assert (await client.delete("/api/second-factors/totp")).status_code == 204
    # The recovery codes stay as long as there is a factor.
    assert await outcome(client, owner.name) == "second_factor_required"
    assert await outcome(client, owner.name, recoveryCode=owner.recovery_codes[0]) == "ok"
    [passkey] = (await client.get("/api/passkeys")).json()["items"]
    assert (await client.delete(f"/api/passkeys/{passkey['id']}")).status_code == 204
    assert (await client.get("/api/second-factors")).json()["recoveryCodesLeft"] == 0
    assert await outcome(client, owner.name) == "ok"


async def test_what_an_authenticator_says_wrong_is_refused(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await registered(client)
    for wrong in WRONG:
        answer = await Authenticator(client).add(**wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "passkey_refused"), wrong
    assert not await database.fetchval("select exists (select from passkeys where user_id = $1)", owner.user_id)


async def test_input_is_limited(client: httpx.AsyncClient) -> None:
    await registered(client)
    authenticator = Authenticator(client)
    for wrong in ({"attestation": bytes(13_000)}, {"origin": "x" * 5000}):
        answer = await authenticator.add(**wrong)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"].startswith("/credential/response/")
    assert (await authenticator.add(" ")).json()["errors"][0]["pointer"] == "/name"
    for credential in MALFORMED:
        assert (await client.post("/api/passkeys", json={"name": "a", "credential": credential})).status_code == 400


async def test_a_challenge_is_of_one_account_for_five_minutes_and_once(
    client: httpx.AsyncClient, database: Connection
) -> None:
    first = await registered(client)
    authenticator = Authenticator(client)
    of_another = await authenticator.registration_options()
    owner = await registered(client)
    made = authenticator.made(of_another)
    assert (await authenticator.post("a", made)).json()["code"] == "passkey_refused"
    # One for a login is none for a new passkey.
    of_login = of_another | {"challenge": (await authenticator.login_options())["challenge"]}
    assert (await authenticator.post("a", authenticator.made(of_login))).json()["code"] == "passkey_refused"
    expire = "update passkey_registrations set expires_at = now() where user_id = $1"
    made = authenticator.made(await authenticator.registration_options())
    await database.execute(expire, owner.user_id)
    assert (await authenticator.post("a", made)).json()["code"] == "passkey_refused"
    made = authenticator.made(await authenticator.registration_options())
    answers = await asyncio.gather(*[authenticator.post("a", made) for _ in range(3)])
    assert sorted(answer.status_code for answer in answers) == [201, 400, 400]
    count = "select count(*) from passkeys where user_id = any($1)"
    assert await database.fetchval(count, [first.user_id, owner.user_id]) == 1
    digests = "select challenge_digest from passkey_registrations where user_id = $1"
    options = await authenticator.registration_options()
    assert options["challenge"].encode() not in await database.fetchval(digests, owner.user_id)


async def test_a_passkey_is_of_one_account(client: httpx.AsyncClient) -> None:
    _, authenticator = await with_passkey(client)
    answer = await authenticator.add()
    assert (answer.status_code, answer.json()["code"]) == (409, "passkey_taken")
    await registered(client)
    assert (await authenticator.add()).json()["code"] == "passkey_taken"


async def test_an_account_has_twenty_at_most(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await registered(client)
    await database.execute(
        "insert into passkeys (user_id, credential_id, public_key, sign_count, name)"
        " select $1, sha256(convert_to($2 || n, 'UTF8')), '\\x00', 0, 'a' from generate_series(1, 19) as n",
        owner.user_id,
        owner.name,
    )
    assert (await Authenticator(client).add()).status_code == 201
    answer = await Authenticator(client).add()
    assert (answer.status_code, answer.json()["code"]) == (409, "too_many_passkeys")
    page = (await client.get("/api/passkeys?limit=15")).json()
    rest = (await client.get(f"/api/passkeys?limit=15&cursor={page['nextCursor']}")).json()
    assert (len(page["items"]), len(rest["items"]), rest["nextCursor"]) == (15, 5, None)


async def test_renaming_and_removing(client: httpx.AsyncClient, database: Connection) -> None:
    owner, authenticator = await with_passkey(client)
    assert (await authenticator.log_in()).status_code == 200
    [passkey] = (await client.get("/api/passkeys")).json()["items"]
    assert passkey["lastUsedAt"]
    path = f"/api/passkeys/{passkey['id']}"
    assert (await client.patch(path, json={"name": "Laptop"})).json() == passkey | {"name": "Laptop"}
    assert (await client.delete(path)).status_code == 204
    assert (await client.delete(path)).json()["code"] == "passkey_not_found"
    assert (await client.patch(path, json={"name": "Laptop"})).json()["code"] == "passkey_not_found"
    assert (await authenticator.log_in()).json()["code"] == "wrong_passkey"
    assert await outcome(client, owner.name) == "ok"
    assert await database.fetchval(EVENTS, owner.user_id) == ["passkey_added", "passkey_removed"]
