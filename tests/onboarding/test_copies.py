"""A completed document keeps no copy of rows and columns, so that removed data is gone."""

import json
from typing import Any

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.onboarding.documents import CHILDREN, DOCUMENT, GOALS, MINIMUM, complete, progress, rows, save

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
    assert answer.json()["profile"]["onboardingData"] == REMAINDER
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
    parent = await accounts.parent()
    await database.execute(
        "update parent_profiles set onboarding_data = $2 where id = $1", parent.parent_profile_id, json.dumps(DOCUMENT)
    )
    assert await kept(database, parent) == REMAINDER
