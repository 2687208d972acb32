"""Requests with one key at the same time, in the same worker and in several."""

import asyncio
import hashlib
from secrets import token_hex

import httpx
import pytest

from api.auth.networks import networks_of
from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.auth.logins import level, log_in, new_address, new_name, register
from tests.idempotency_keys.test_repetition import CHILD, CHILDREN, kept, new_key
from tests.second_factors.factors import code as code_of
from tests.second_factors.factors import forget_codes, secured
from tests.waiting import until_waiting

AT_ONCE = 12


async def at_once(parent: Parent, key: dict[str, str]) -> list[httpx.Response]:
    """The same request on as many connections, which the workers share."""

    async def post() -> httpx.Response:
        async with httpx.AsyncClient(base_url=parent.client.base_url, timeout=30, verify=False) as client:
            return await client.post(CHILDREN, json=CHILD, headers={**parent.client.headers, **key})

    return await asyncio.gather(*[post() for _ in range(AT_ONCE)])


async def test_of_many_at_once_one_is_done(accounts: Accounts, database: Connection) -> None:
    parent, key = await accounts.parent(), new_key()
    answers = await at_once(parent, key)
    done = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in done}) == 1
    assert len([answer for answer in done if "idempotent-replayed" not in answer.headers]) == 1
    for answer in answers:
        if answer not in done:
            assert (answer.status_code, answer.json()["code"]) == (409, "request_in_progress")
            assert answer.headers["retry-after"] == "1"
    again = await parent.client.post(CHILDREN, json=CHILD, headers=key)
    assert again.content == done[0].content
    assert await number_of_children(database, parent) == 1


@pytest.mark.parametrize("ends", ["commit", "rollback"])
async def test_another_worker_is_not_waited_for(accounts: Accounts, database: Connection, ends: str) -> None:
    parent, key = await accounts.parent(), new_key()
    digest = hashlib.sha256(f"{parent.user_id} {key['Idempotency-Key']}".encode()).digest()
    await database.execute("begin")
    await database.execute("insert into idempotency_keys (key_digest, user_id) values ($1, $2)", digest, parent.user_id)
    refused = await parent.client.post(CHILDREN, json=CHILD, headers=key)
    assert (refused.status_code, refused.json()["code"]) == (409, "request_in_progress")
    # Neither is another key of the account, nor another request of its.
    assert (await parent.client.post(CHILDREN, json=CHILD, headers=new_key())).status_code == 201
    assert (await parent.client.post(CHILDREN, json=CHILD)).status_code == 201
    await database.execute(ends)
    if ends == "rollback":
        assert (await parent.client.post(CHILDREN, json=CHILD, headers=key)).status_code == 201
        assert await number_of_children(database, parent) == 3


async def test_one_under_way_in_the_same_worker_is_not_waited_for(accounts: Accounts, database: Connection) -> None:
    parent, key = await accounts.parent(), new_key()
    await database.execute("begin; lock table child_profiles in share mode")
    first = asyncio.create_task(parent.client.post(CHILDREN, json=CHILD, headers=key))
    await until_waiting(database, "add_child_profile")
    answers = await at_once(parent, key)
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(409, "request_in_progress")}
    await database.execute("rollback")
    assert (await first).status_code == 201
    assert await number_of_children(database, parent) == 1


async def test_beside_merged_writes(accounts: Accounts, database: Connection) -> None:
    """Writes of the same families with keys and without, which are merged, all of them once."""
    parents = [await accounts.parent() for _ in range(4)]
    keys = [new_key() for _ in range(4)]
    posts = [
        parent.client.post(CHILDREN, json=CHILD, headers=key)
        for parent in parents
        for key in [*keys, *keys, *[None] * 8]
    ]
    for answer in await asyncio.gather(*posts):
        assert answer.status_code in {201, 409}, answer.text
    for parent in parents:
        assert await number_of_children(database, parent) == 12
        assert await kept(database, parent.user_id) == 4
        size = "select number from family_sizes where parent_profile_id = $1 and of_table = 'child_profiles'"
        assert await database.fetchval(size, parent.parent_profile_id) == 12


async def test_two_that_lock_their_account(accounts: Accounts, database: Connection) -> None:
    """Neither waits for the other while that waits for it."""
    parent, consent = await accounts.parent(), {"purpose": "privacy", "version": 1}
    # What another worker's claim of a key does, and then its lock_consents.
    await database.execute("begin")
    await database.execute("select from users where id = $1 for no key update", parent.user_id)
    request = asyncio.create_task(parent.client.post("/api/users/me/consents", json=consent, headers=new_key()))
    await until_waiting(database, "from users")
    await database.execute("select from users where id = $1 for update", parent.user_id)
    await database.execute("commit")
    assert (await request).status_code == 201


async def test_one_whose_account_is_erased_meanwhile(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    assert (await parent.client.get(CHILDREN)).status_code == 200
    await database.execute("begin")
    await database.execute("delete from users where id = $1", parent.user_id)
    request = asyncio.create_task(parent.client.post(CHILDREN, json=CHILD, headers=new_key()))
    await until_waiting(database, "claim_key")
    await database.execute("commit")
    answer = await request
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


async def test_registrations_at_once(client: httpx.AsyncClient, database: Connection) -> None:
    """The second finds the name taken by the first: it gets the first one's answer, and so the same session."""
    name, address, key = new_name(), new_address(), new_key()
    client.headers.update(key)
    answers = await asyncio.gather(*[register(client, name, address) for _ in range(4)])
    client.cookies.clear()
    answers.append(await register(client, name, address))
    done = [answer for answer in answers if answer.status_code == 201]
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"request_in_progress"}
    assert answers[-1] in done
    assert len({answer.headers["set-cookie"] for answer in done}) == 1
    user_id = done[0].json()["user"]["id"]
    assert await database.fetchval("select count(*) from sessions where user_id = $1", user_id) == 1
    # The token that was kept is one that works.
    client.cookies.clear()
    await register(client, name, address)
    assert (await client.get("/api/user")).json()["id"] == user_id


async def test_who_lacks_the_password_gets_no_kept_login(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await secured(client, database)
    client.cookies.clear()
    client.headers.update(new_key())
    digits = code_of(owner.secret)
    path = "/api/sessions"
    first = await log_in(client, owner.name, path=path, more={"code": digits})
    assert first.status_code == 201
    # The code was used up, and the limits that an attempt counts in are as after one.
    again = await log_in(client, owner.name, path=path, more={"code": digits})
    assert again.json() == first.json()
    address = new_address()
    wrong = await log_in(client, owner.name, "fout", path=path, address=address, more={"code": digits})
    assert wrong.json()["code"] == "wrong_credentials"
    # The key doesn't make it an attempt less.
    assert await level(database, f"network:{networks_of(address).own}")
    await forget_codes(database, owner.user_id)
    other = await log_in(client, owner.name, path=path, more={"code": digits, "rememberMe": True})
    assert other.json()["code"] == "idempotency_key_reused"
    token = again.json()["token"]
    client.headers.pop("Idempotency-Key")
    me = await client.get("/api/user", headers={"Authorization": f"Bearer {token}"})
    assert me.json()["id"] == owner.user_id


async def test_a_refused_login_counts_with_a_key_too(client: httpx.AsyncClient, database: Connection) -> None:
    owner = await secured(client, database)
    client.cookies.clear()
    client.headers.update(new_key())
    await forget_codes(database, owner.user_id)
    digits = code_of(owner.secret)
    await database.execute("update totp_factors set last_step = 1099511627776 where user_id = $1", owner.user_id)
    for _ in range(2):
        # It was used before: that is found out by a statement that would change the row.
        answer = await log_in(client, owner.name, more={"code": digits})
        assert (answer.status_code, answer.json()["code"]) == (401, "wrong_code")
    events = "select count(*) from audit_events where user_id = $1 and event = 'code_refused'"
    assert await database.fetchval(events, owner.user_id) == 2
    assert await database.fetchval("select count(*) from rate_limits where subject like $1", f"code:{owner.user_id}%")
    assert not await kept_anonymously(database, client.headers["Idempotency-Key"])


async def test_nothing_that_is_kept_can_be_read(client: httpx.AsyncClient, database: Connection) -> None:
    """Neither a token nor a password stands in the table, and equal answers aren't told apart."""
    name, mark = new_name(), token_hex(8)
    client.headers.update({"Idempotency-Key": mark})
    answer = await register(client, name)
    row = await database.fetchrow(
        "select key_digest, sealed_answer from idempotency_keys order by created_at desc limit 1"
    )
    assert row is not None
    assert row["key_digest"] == hashlib.sha256(f" {mark}".encode()).digest()
    token = answer.headers["set-cookie"].partition("=")[2].partition(";")[0]
    for secret in (mark, name, token, name.lower()):
        assert secret.encode() not in row["sealed_answer"]


async def kept_anonymously(database: Connection, key: str) -> bool:
    there: bool = await database.fetchval(
        "select exists (select from idempotency_keys where key_digest = sha256($1::text::bytea))", f" {key}"
    )
    return there


async def number_of_children(database: Connection, parent: Parent) -> int:
    number: int = await database.fetchval(
        "select count(*) from child_profiles where parent_profile_id = $1", parent.parent_profile_id
    )
    return number
