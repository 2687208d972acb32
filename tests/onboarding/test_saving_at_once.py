"""Tabs that save at the same time lose nothing."""

import asyncio

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.onboarding.documents import BASIC_INFO, CHILDREN, DOCUMENT, GOALS, STRESS_ASSESSMENT, progress, rows, save


@pytest.mark.parametrize("existing", [False, True])
async def test_different_parts(existing: bool, accounts: Accounts, database: Connection) -> None:
    for _ in range(15):
        parent = await accounts.parent(profile=existing, completed=False)
        answers = await asyncio.gather(
            save(parent, {"basicInfo": BASIC_INFO, "childProfiles": CHILDREN}, 0),
            save(parent, {"stressAssessment": STRESS_ASSESSMENT, "goals": GOALS}, 1),
        )
        assert [answer.status_code for answer in answers] == [200, 200]
        assert (await progress(parent))["onboardingData"] == DOCUMENT
        [profile], _, _ = await rows(database, parent)
        assert (profile["name"], profile["stress_level"]) == ("Noor", "high")
        assert profile["support_network"] == ["oma", "buren"]


async def test_fields_of_one_part(accounts: Accounts) -> None:
    for _ in range(15):
        parent = await accounts.parent(profile=False)
        await asyncio.gather(*(save(parent, {"basicInfo": {name: value}}) for name, value in BASIC_INFO.items()))
        assert (await progress(parent))["onboardingData"]["basicInfo"] == BASIC_INFO


async def test_a_profile_made_by_hand_at_the_same_time(accounts: Accounts, database: Connection) -> None:
    for _ in range(10):
        parent = await accounts.parent(profile=False)
        await asyncio.gather(
            parent.client.put("/api/parent-profile", json={"name": "Jan"}), save(parent, {"goals": GOALS})
        )
        assert (await progress(parent))["onboardingData"] == {"childProfiles": [], "goals": GOALS}
        assert len((await rows(database, parent)).profiles) == 1


async def test_more_saves_than_connections_are_told_to_come_back(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(completed=False)
    async with database.transaction():
        await database.execute("select from parent_profiles where user_id = $1 for update", parent.user_id)
        saves = [asyncio.create_task(save(parent, {"basicInfo": BASIC_INFO})) for _ in range(24)]
        await asyncio.wait(saves, return_when=asyncio.FIRST_COMPLETED)
    answers = await asyncio.gather(*saves)
    assert {answer.status_code for answer in answers} == {200, 503}
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 503)
    assert (await progress(parent))["onboardingData"]["basicInfo"] == BASIC_INFO
