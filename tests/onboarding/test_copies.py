"""A completed document keeps no copy of rows and columns, so that removed data is gone."""

import asyncio
import json
from typing import Any

import asyncpg
import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.onboarding.documents import CHILDREN, DOCUMENT, GOALS, MINIMUM, complete, plain, progress, rows, save
from tests.waiting import until_waiting

REMAINDER = {"basicInfo": {"parentType": "mom"}, "goals": {"supportAreas": ["slapen"]}}


async def kept(database: Connection, parent: Parent) -> Any:
    [profile] = (await rows(database, parent)).profiles
    return json.loads(profile["onboarding_data"])


@pytest.mark.parametrize("in_steps", [False, True])
async def test_no_copy_of_a_removed_child_remains(in_steps: bool, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    if in_steps:
        for step, part in enumerate(DOCUMENT):
            await save(parent, {part: DOCUMENT[part]}, step)
    answer = await complete(parent)
    assert plain(answer.json()["profile"]["onboardingData"]) == REMAINDER
    assert (await progress(parent))["onboardingData"] == DOCUMENT
    [_, zoe] = (await parent.client.get("/api/child-profiles")).json()["items"]
    goals = (await parent.client.get("/api/parenting-goals")).json()["items"]
    for path in (f"child-profiles/{zoe['id']}", *(f"parenting-goals/{goal['id']}" for goal in goals)):
        assert (await parent.client.delete(f"/api/{path}")).status_code == 204
    family = str(await rows(database, parent))
    assert "Bram" in family
    for gone in ("Zoë", "koemelk", *GOALS["shortTerm"], *GOALS["longTerm"]):
        assert gone not in family
    assert (await progress(parent))["onboardingData"] == DOCUMENT | {
        "childProfiles": CHILDREN[:1],
        "goals": GOALS | {"shortTerm": [], "longTerm": []},
    }


async def test_an_edit_of_the_profile_page_leaves_no_copy(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    await complete(parent)
    edit = DOCUMENT | {"basicInfo": DOCUMENT["basicInfo"] | {"parentType": "other"}}
    assert (await save(parent, edit)).json()["profile"]["onboardingData"]["basicInfo"] == {"parentType": "other"}
    assert await kept(database, parent) == REMAINDER | {"basicInfo": {"parentType": "other"}}
    await save(parent, {"goals": {"supportAreas": []}})
    assert await kept(database, parent) == {"basicInfo": {"parentType": "other"}, "goals": {"supportAreas": []}}
    assert (await progress(parent))["onboardingData"]["goals"] == GOALS | {"supportAreas": []}


async def test_unanswered_questions_leave_nothing(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    await complete(parent, MINIMUM)
    assert await kept(database, parent) == {"basicInfo": {"parentType": "mom"}, "goals": {}}


async def test_an_incomplete_document_is_stored_whole(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    await save(parent, DOCUMENT)
    assert await kept(database, parent) == DOCUMENT


async def test_a_direct_update_leaves_no_copy(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    await complete(parent)
    await database.execute(
        "update parent_profiles set onboarding_data = $2 where user_id = $1", parent.user_id, json.dumps(DOCUMENT)
    )
    assert await kept(database, parent) == REMAINDER


ODD: dict[str, Any] = {
    "children": {"childProfiles": CHILDREN},
    "goals": {"goals": {"longTerm": ["Meer rust"]}},
    "a goal that is no list": {"goals": {"shortTerm": "Meer rust"}},
    "a child without a name": {"childProfiles": [{"age": 3}]},
    "no list of children": {"childProfiles": "Bram"},
}


@pytest.mark.parametrize("document", ODD.values(), ids=ODD.keys())
async def test_completing_by_hand_what_has_no_rows_is_refused(
    document: dict[str, Any], accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent(completed=False)
    await database.execute(
        "update parent_profiles set onboarding_data = $2 where user_id = $1", parent.user_id, json.dumps(document)
    )
    with pytest.raises(asyncpg.CheckViolationError) as refusal:
        await database.execute(
            "update parent_profiles set completed_onboarding = true where user_id = $1", parent.user_id
        )
    assert refusal.value.constraint_name == "parent_profiles_onboarding_rows"
    assert (await kept(database, parent)) == document


async def test_completing_by_hand_with_rows_in_the_same_transaction(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(completed=False)
    await save(parent, {"childProfiles": CHILDREN[:1], "goals": {"shortTerm": ["Samen eten", " "]}})
    async with database.transaction():
        await database.execute(
            "update parent_profiles set completed_onboarding = true where user_id = $1", parent.user_id
        )
        await database.execute(
            "insert into child_profiles (parent_profile_id, name, age) values ($1, 'BRAM', 4)", parent.parent_profile_id
        )
        await database.execute(
            "insert into parenting_goals (parent_profile_id, title) values ($1, 'samen eten')",
            parent.parent_profile_id,
        )
    assert await kept(database, parent) == {"basicInfo": {}, "goals": {}}


async def test_completing_many_by_hand_takes_their_rows_first(database: Connection) -> None:
    """They are refused at once, and not after a time that grows with the square of their number."""
    transaction = database.transaction()
    await transaction.start()
    await database.execute(
        """with parent as (
             insert into users (username, email, password)
             select 'many ' || n, format('many-%s@example.org', n), '$argon2id$none' from generate_series(1, 101) as n
             returning id
           )
           insert into parent_profiles (user_id, name, onboarding_data)
           select id, 'Many', '{"childProfiles": [{"name": "Bram"}]}' from parent"""
    )
    with pytest.raises(asyncpg.CheckViolationError, match="over 100 completed onboardings") as refusal:
        await database.execute("update parent_profiles set completed_onboarding = true where name = 'Many'")
    await transaction.rollback()
    assert refusal.value.constraint_name == "parent_profiles_onboarding_rows"


async def test_answers_of_another_tab_are_not_lost(accounts: Accounts, database: Connection) -> None:
    """A child that another tab saves while this one completes becomes a row too."""
    parent = await accounts.parent(profile=False)
    await save(parent, {"basicInfo": {"name": "Noor"}})
    async with database.transaction():
        await database.execute("select from parent_profiles where user_id = $1 for update", parent.user_id)
        completion = asyncio.create_task(complete(parent, MINIMUM))
        await until_waiting(database, "lock_onboarding")
        await database.execute(
            """update parent_profiles set onboarding_data = '{"childProfiles": [{"name": "Bram", "age": 4}]}'
                where user_id = $1""",
            parent.user_id,
        )
    answer = await completion
    assert answer.status_code == 200, answer.text
    assert [child["name"] for child in (await rows(database, parent)).children] == ["Bram"]


async def test_children_written_by_hand_that_cannot_be_rows_are_not_lost(
    accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent(completed=False)
    await database.execute(
        """update parent_profiles set onboarding_data = '{"childProfiles": [{"name": "Bram", "age": "vier"}]}'
            where user_id = $1""",
        parent.user_id,
    )
    answer = await complete(parent, MINIMUM)
    assert (answer.status_code, answer.json().get("code")) == (409, "onboarding_changed"), answer.text
    assert (await complete(parent, DOCUMENT)).status_code == 200
