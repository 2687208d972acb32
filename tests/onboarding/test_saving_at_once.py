"""Concurrent saves, as from several tabs, lose nothing."""

import asyncio

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.onboarding.documents import (
    BASIC_INFO,
    CHILDREN,
    DOCUMENT,
    GOALS,
    STRESS_ASSESSMENT,
    progress,
    reading,
    rows,
    save,
)
from tests.statements import run
from tests.waiting import until_waiting


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


async def test_more_saves_than_connections_get_retry_after(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(completed=False)
    async with database.transaction():
        await database.execute("select from parent_profiles where user_id = $1 for update", parent.user_id)
        saves = [asyncio.create_task(save(parent, {"basicInfo": BASIC_INFO})) for _ in range(24)]
        await asyncio.wait(saves, return_when=asyncio.FIRST_COMPLETED)
    answers = await asyncio.gather(*saves)
    assert {answer.status_code for answer in answers} == {200, 503}
    assert all("retry-after" in answer.headers for answer in answers if answer.status_code == 503)
    assert (await progress(parent))["onboardingData"]["basicInfo"] == BASIC_INFO


async def test_waiting_for_a_profile_does_not_write_it(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    place = "select ctid from parent_profiles where user_id = $1"
    before = await database.fetchval(place, parent.user_id)
    await run(database, "lock_onboarding", user_id=parent.user_id)
    assert await database.fetchval(place, parent.user_id) == before


async def test_children_are_locked_in_the_order_of_their_keys(accounts: Accounts, database: Connection) -> None:
    await check_locks(
        accounts, database, "child_profiles", "(parent_profile_id, name, age) select $1, 'kind ' || n, 5"
    )  # fmt: skip


async def test_goals_are_locked_in_the_order_of_their_keys(accounts: Accounts, database: Connection) -> None:
    columns = "(parent_profile_id, title, category) select $1, 'doel ' || n, 'long_term'"
    await check_locks(accounts, database, "parenting_goals", columns)


async def check_locks(accounts: Accounts, database: Connection, table: str, columns: str) -> None:
    """Changes of single rows lock in the same order; another order could deadlock."""
    parent = await accounts.parent()
    await database.execute(f"insert into {table} {columns} from generate_series(1, 20) as n", parent.parent_profile_id)
    ids = [
        row["id"]
        for row in await database.fetch(
            f"select id from {table} where parent_profile_id = $1 order by id", parent.parent_profile_id
        )
    ]
    document = await reading(parent)
    for child in document["childProfiles"]:
        child["age"] = 6
    document["childProfiles"].reverse()
    document["goals"]["shortTerm"] = document["goals"].pop("longTerm")[::-1]
    document["goals"]["longTerm"] = []
    async with database.transaction():
        await database.execute(f"select from {table} where id = $1 for update", ids[0])
        saving = asyncio.create_task(save(parent, document))
        await until_waiting(database, "save_onboarding" if table == "child_profiles" else "sync_parenting_goals")
        # It waits for the first row, so it hasn't locked later ones.
        await database.execute(f"select from {table} where id = any($1) for update nowait", ids)
    assert (await saving).status_code == 200
    changed = await database.fetch(f"select * from {table} where parent_profile_id = $1", parent.parent_profile_id)
    assert all(row.get("age") == 6 or row.get("category") == "short_term" for row in changed)
