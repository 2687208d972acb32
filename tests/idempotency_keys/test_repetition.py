"""A request with an `Idempotency-Key` is done once, and its repetitions get the first answer."""

from secrets import token_hex
from typing import Final

import httpx
import pytest

from api.auth.tokens import new_token
from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.auth.logins import PASSWORD, log_in, new_name, register

CHILDREN: Final = "/api/child-profiles"
CHILD: Final = {"name": "Mees", "age": 4}
JSON: Final = {"Content-Type": "application/json"}
NUMBER: Final = "select count(*) from idempotency_keys"


def new_key() -> dict[str, str]:
    return {"Idempotency-Key": token_hex(16)}


async def test_a_repetition_gets_the_first_answer(accounts: Accounts) -> None:
    parent, key = await accounts.parent(), new_key()
    first = await parent.client.post(CHILDREN, json={**CHILD, "routines": {"bad": 19, "bed": [1, 2]}}, headers=key)
    other = b'{ "routines":{"bed":[1,2],"bad":19}, "age": 4, "name": "Mees"}'
    again = await parent.client.post(CHILDREN, content=other, headers={**key, **JSON})
    quoted = {"Idempotency-Key": f'"{key["Idempotency-Key"]}"'}
    third = await parent.client.post(CHILDREN, content=other, headers={**quoted, **JSON})
    assert [answer.status_code for answer in (first, again, third)] == [201, 201, 201]
    assert first.content == again.content == third.content
    assert first.headers["location"] == again.headers["location"]
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == third.headers["idempotent-replayed"] == "true"
    children = await parent.client.get(CHILDREN)
    assert [child["id"] for child in children.json()["items"]] == [first.json()["id"]]


async def test_another_request_with_the_key_is_refused(accounts: Accounts) -> None:
    parent, key = await accounts.parent(), new_key()
    await parent.client.post(CHILDREN, json=CHILD, headers=key)
    for path, body in [
        (CHILDREN, {**CHILD, "age": 5}),
        ("/api/parenting-goals", {"title": "Lezen"}),
        (f"{CHILDREN}/batch", [CHILD]),
        ("/api/suggestions/1/use", None),
    ]:
        answer = await parent.client.post(path, json=body, headers=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused"), path
    assert len((await parent.client.get(CHILDREN)).json()["items"]) == 1


async def test_accounts_have_keys_of_their_own(accounts: Accounts) -> None:
    one, other, key = await accounts.parent(), await accounts.parent(), new_key()
    first = await one.client.post(CHILDREN, json=CHILD, headers=key)
    second = await other.client.post(CHILDREN, json=CHILD, headers=key)
    assert second.status_code == 201
    assert "idempotent-replayed" not in second.headers
    assert first.json()["id"] != second.json()["id"]


async def test_an_ended_session_gets_no_kept_answer(accounts: Accounts) -> None:
    parent, key = await accounts.parent(), new_key()
    await parent.client.post(CHILDREN, json=CHILD, headers=key)
    await parent.client.post("/api/logout")
    assert (await parent.client.post(CHILDREN, json=CHILD, headers=key)).status_code == 401


async def test_a_stranger_has_nothing_kept(client: httpx.AsyncClient, database: Connection) -> None:
    """Whoever logs out with tokens that are made up doesn't fill the disk."""
    before = await database.fetchval(NUMBER)
    answer = await client.post("/api/logout", headers={"Authorization": f"Bearer {new_token()}", **new_key()})
    assert answer.status_code == 200
    assert await database.fetchval(NUMBER) == before


async def test_an_erased_account_has_no_kept_answer(client: httpx.AsyncClient) -> None:
    """Nor of a request without a session, that gave it one."""
    name, key = new_name(), new_key()
    client.headers.update(key)
    first = await register(client, name)
    assert (await client.request("DELETE", "/api/users/me", json={"password": PASSWORD})).status_code == 204
    again = await register(client, name)
    assert again.status_code == 201
    assert again.json()["user"]["id"] != first.json()["user"]["id"]


async def test_a_problem_keeps_nothing(accounts: Accounts, database: Connection) -> None:
    parent, key = await accounts.parent(profile=False), new_key()
    refused = await parent.client.post(CHILDREN, json=CHILD, headers=key)
    assert refused.json()["code"] == "parent_profile_required"
    assert not await kept(database, parent.user_id)
    await database.execute("insert into parent_profiles (user_id, name) values ($1, 'Noor')", parent.user_id)
    done = await parent.client.post(CHILDREN, json=CHILD, headers=key)
    assert done.status_code == 201
    assert "idempotent-replayed" not in done.headers
    assert await kept(database, parent.user_id) == 1


async def test_after_a_day_the_request_is_done_again(accounts: Accounts, database: Connection) -> None:
    parent, key = await accounts.parent(), new_key()
    first = await parent.client.post(CHILDREN, json=CHILD, headers=key)
    await grow_old(database, parent.user_id, "23 hours 59 minutes")
    assert (await parent.client.post(CHILDREN, json=CHILD, headers=key)).json() == first.json()
    await grow_old(database, parent.user_id, "24 hours")
    another = await parent.client.post(CHILDREN, json={**CHILD, "age": 5}, headers=key)
    assert another.status_code == 201
    assert another.json()["id"] != first.json()["id"]
    again = await parent.client.post(CHILDREN, json={**CHILD, "age": 5}, headers=key)
    assert again.json() == another.json()


async def test_without_a_key_nothing_is_kept(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    assert (await parent.client.post(CHILDREN, json=CHILD)).status_code == 201
    assert not await kept(database, parent.user_id)


@pytest.mark.parametrize("key", ["", '""', '"', "a b", 'a"b', "a" * 256, "é".encode(), 'a"', '"a', "a\\b", "a, b"])
async def test_a_malformed_key_is_refused(accounts: Accounts, key: str | bytes) -> None:
    parent = await accounts.parent()
    answer = await parent.client.post(CHILDREN, json=CHILD, headers=[(b"Idempotency-Key", _bytes(key))])
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_idempotency_key")
    assert "255" in answer.json()["message"]


async def test_the_longest_key(accounts: Accounts) -> None:
    parent = await accounts.parent()
    for key in ("~" * 255, f'"{"!" * 255}"'):
        answer = await parent.client.post(CHILDREN, json=CHILD, headers={"Idempotency-Key": key})
        assert answer.status_code == 201


async def test_an_account_keeps_so_many_in_a_day(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    await database.execute(
        "insert into idempotency_keys (key_digest, user_id) select sha256(($1 || n)::text::bytea), $2"
        " from generate_series(1, 1000) as n",
        token_hex(8), parent.user_id,
    )  # fmt: skip
    refused = await parent.client.post(CHILDREN, json=CHILD, headers=new_key())
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_idempotency_keys")
    assert refused.headers["retry-after"] == "3600"
    assert (await parent.client.post(CHILDREN, json=CHILD)).status_code == 201
    await grow_old(database, parent.user_id, "24 hours")
    assert (await parent.client.post(CHILDREN, json=CHILD, headers=new_key())).status_code == 201


async def test_so_many_logins_of_an_account_are_kept(client: httpx.AsyncClient, database: Connection) -> None:
    name = new_name()
    user_id = (await register(client, name)).json()["user"]["id"]
    await database.execute(
        "insert into idempotency_keys (key_digest, user_id) select sha256(($1 || n)::text::bytea), $2"
        " from generate_series(1, 1000) as n",
        token_hex(8), user_id,
    )  # fmt: skip
    client.headers.update(new_key())
    refused = await log_in(client, name)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_idempotency_keys")
    assert await database.fetchval("select count(*) from sessions where user_id = $1", user_id) == 1


async def test_a_batch_is_repeated(accounts: Accounts, database: Connection) -> None:
    parent, key = await accounts.parent(), new_key()
    goals = [{"title": f"Doel {number}", "description": "Elke avond samen lezen. " * 10} for number in range(500)]
    first = await parent.client.post("/api/parenting-goals/batch", json=goals, headers=key)
    again = await parent.client.post("/api/parenting-goals/batch", json=goals, headers=key)
    assert first.status_code == 201
    assert first.content == again.content
    assert await database.fetchval("select count(*) from parenting_goals where parent_profile_id = $1",
                                   parent.parent_profile_id) == 500  # fmt: skip
    size = await database.fetchval(
        "select octet_length(sealed_answer) from idempotency_keys where user_id = $1", parent.user_id
    )
    assert size < len(first.content) / 5


async def kept(database: Connection, user_id: int) -> int:
    count: int = await database.fetchval("select count(*) from idempotency_keys where user_id = $1", user_id)
    return count


async def grow_old(database: Connection, user_id: int, age: str) -> None:
    await database.execute(
        "update idempotency_keys set created_at = now() - $2::text::interval where user_id = $1", user_id, age
    )


def _bytes(key: str | bytes) -> bytes:
    return key.encode() if isinstance(key, str) else key
