"""What parents agree to, decline and withdraw."""

import asyncio

import httpx
import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.auth.logins import new_name

HEALTH = {"purpose": "health_data", "version": 1}
CONSENTS = "/api/users/me/consents"
PASSWORD = "een lange zin onthoudt beter"
EVENTS = """
select array_agg(event || ' ' || (details ->> 'purpose') order by id)
  from audit_events
 where user_id = $1
   and event like 'consent%'
"""


async def register(client: httpx.AsyncClient, consents: object = None) -> httpx.Response:
    name = new_name()
    more = {} if consents is None else {"consents": consents}
    return await client.post(
        "/api/register", json={"username": name, "email": f"{name}@example.org", "password": PASSWORD, **more}
    )


async def asked(client: httpx.AsyncClient) -> list[str]:
    answer = (await client.get(CONSENTS)).json()
    return [text["purpose"] for text in answer["toAsk"]]


async def decline(parent: Parent) -> None:
    answer = await parent.client.delete(f"{CONSENTS}/health_data")
    assert answer.status_code == 204


@pytest.mark.parametrize(("language", "title"), [("nl", "Gebruiksvoorwaarden"), ("en", "Terms of use")])
async def test_anybody_reads_the_texts(client: httpx.AsyncClient, language: str, title: str) -> None:
    answer = await client.get("/api/consent-texts", headers={"Accept-Language": language})
    assert answer.status_code == 200
    texts = answer.json()
    assert [(text["purpose"], text["version"]) for text in texts] == [("health_data", 1), ("privacy", 1), ("terms", 1)]
    assert texts[2]["title"] == title


async def test_who_registers_with_answers_is_not_asked_again(client: httpx.AsyncClient, database: Connection) -> None:
    answer = await register(client, [{"purpose": "terms", "version": 1}, HEALTH, HEALTH])
    assert answer.status_code == 201
    user = answer.json()["user"]
    assert user["consentNeeded"] is False
    assert (await client.get("/api/user")).json() == user
    assert await asked(client) == []
    items = (await client.get(CONSENTS)).json()["items"]
    assert {item["purpose"]: item["agreedAt"] is not None for item in items} == {
        "health_data": True,
        "privacy": False,
        "terms": True,
    }
    assert sorted(await database.fetchval(EVENTS, user["id"])) == ["consent_given health_data", "consent_given terms"]


async def test_who_registers_as_the_web_client_does_is_asked_later(client: httpx.AsyncClient) -> None:
    answer = await register(client)
    assert answer.json()["user"]["consentNeeded"] is True
    assert await asked(client) == ["health_data", "privacy", "terms"]


@pytest.mark.parametrize("text", [{"purpose": "health_data", "version": 2}, {"purpose": "fame", "version": 1}])
async def test_an_account_is_not_made_with_texts_that_are_not_current(
    client: httpx.AsyncClient, database: Connection, text: dict[str, object]
) -> None:
    before = await database.fetchval("select count(*) from users")
    answer = await register(client, [text])
    assert (answer.status_code, answer.json()["code"]) == (409, "consent_text_not_current")
    assert await database.fetchval("select count(*) from users") == before


@pytest.mark.parametrize(
    ("text", "status", "code"),
    [
        ({"purpose": "health_data", "version": 2}, 409, "consent_text_not_current"),
        ({"purpose": "fame", "version": 1}, 409, "consent_text_not_current"),
        ({"purpose": "Fame", "version": 1}, 400, "invalid_body"),
        ({"purpose": "terms", "version": 0}, 400, "invalid_body"),
        ({"purpose": "terms"}, 400, "invalid_body"),
    ],
)
async def test_other_texts_are_refused(accounts: Accounts, text: dict[str, object], status: int, code: str) -> None:
    parent = await accounts.parent(profile=False)
    answer = await parent.client.post(CONSENTS, json=text)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_answers_may_be_repeated(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    given = [await parent.client.post(CONSENTS, json=HEALTH) for _ in range(2)]
    assert [answer.status_code for answer in given] == [201, 201]
    assert given[0].json() == given[1].json()
    for _ in range(2):
        await decline(parent)
    assert (await parent.client.delete(f"{CONSENTS}/fame")).json()["code"] == "consent_text_not_found"
    again = (await parent.client.post(CONSENTS, json=HEALTH)).json()
    items = (await parent.client.get(CONSENTS)).json()["items"]
    assert [item["id"] for item in items] == [again["id"], given[0].json()["id"]]
    assert [item["withdrawnAt"] is None for item in items] == [True, False]
    assert await asked(parent.client) == ["privacy", "terms"]
    events = ["consent_given", "consent_withdrawn", "consent_given"]
    assert await database.fetchval(EVENTS, parent.user_id) == [f"{event} health_data" for event in events]
    page = (await parent.client.get(CONSENTS, params={"limit": 1})).json()
    rest = (await parent.client.get(CONSENTS, params={"limit": 1, "cursor": page["nextCursor"]})).json()
    assert (page["items"], rest["items"], rest["nextCursor"]) == (items[:1], items[1:], None)


async def test_twenty_consents_an_hour_and_any_number_of_withdrawals(accounts: Accounts) -> None:
    parent = await accounts.parent(profile=False)
    answers = [await parent.client.post(CONSENTS, json=HEALTH) for _ in range(21)]
    assert [answer.status_code for answer in answers] == [201] * 20 + [429]
    assert answers[-1].json()["code"] == "too_many_attempts"
    await decline(parent)


async def test_a_text_can_be_declined(accounts: Accounts) -> None:
    parent = await accounts.parent()
    await decline(parent)
    assert "health_data" not in await asked(parent.client)
    (item,) = (await parent.client.get(CONSENTS)).json()["items"]
    assert (item["agreedAt"], item["withdrawnAt"] is None) == (None, False)


async def test_answers_at_the_same_time_leave_one_that_counts(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    answers = await asyncio.gather(
        *(parent.client.post(CONSENTS, json=HEALTH) for _ in range(6)),
        *(parent.client.delete(f"{CONSENTS}/health_data") for _ in range(6)),
    )
    assert {answer.status_code for answer in answers} == {201, 204}
    given = await database.fetchval(
        "select count(*) from consents where user_id = $1 and withdrawn_at is null", parent.user_id
    )
    refuses = await database.fetchval(
        "select refuses_health_data from parent_profiles where user_id = $1", parent.user_id
    )
    assert (given, refuses) in {(1, False), (0, True)}


async def test_answers_are_the_callers_own(accounts: Accounts, client: httpx.AsyncClient) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    await parent.client.post(CONSENTS, json=HEALTH)
    assert (await other.client.get(CONSENTS)).json()["items"] == []
    for answer in (await client.get(CONSENTS), await client.post(CONSENTS, json=HEALTH)):
        assert answer.status_code == 401


async def test_a_new_version_is_asked_about(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    async with database.transaction():
        await database.execute(
            "insert into consent_texts select 'news', 1, now(), 'a', 'a', 'a', 'a' from consent_texts limit 1"
        )
        needed = "select needs_consent($1)"
        await database.execute(
            "insert into consents (user_id, purpose, version, agreed_at)"
            " select $1, purpose, version, now() from consent_texts",
            parent.user_id,
        )
        assert await database.fetchval(needed, parent.user_id) is False
        insert = "insert into consent_texts select 'news', $1, $2::timestamptz, 'a', 'a', 'a', 'a'"
        later = await database.fetchval("select now() + interval '1 day'")
        await database.execute(insert, 3, later)
        assert await database.fetchval(needed, parent.user_id) is False
        await database.execute(insert, 2, await database.fetchval("select now()"))
        assert await database.fetchval(needed, parent.user_id) is True
        await database.execute("rollback")
        await database.execute("begin")


@pytest.mark.parametrize(
    "change",
    [
        "delete from consents where user_id = $1",
        "update consents set version = version where user_id = $1 and withdrawn_at is not null",
        "update consents set agreed_at = now() + interval '1 day', withdrawn_at = null where user_id = $1",
    ],
)
async def test_history_is_not_changed(accounts: Accounts, database: Connection, change: str) -> None:
    parent = await accounts.parent(profile=False)
    await parent.client.post(CONSENTS, json=HEALTH)
    await decline(parent)
    with pytest.raises(Exception, match="only added and withdrawn"):
        await database.execute(change, parent.user_id)


async def test_a_text_that_was_answered_is_not_changed(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    await parent.client.post(CONSENTS, json=HEALTH)
    with pytest.raises(Exception, match="its next version is a new row"):
        await database.execute("update consent_texts set text_nl = 'Anders' where purpose = 'health_data'")
