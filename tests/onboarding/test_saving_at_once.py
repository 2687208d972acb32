"""Concurrent saves, as from several tabs, lose nothing."""

import asyncio

import asyncpg
import msgspec
import pytest

from api.database.aliases import Connection
from api.database.queries import STATEMENTS
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


@pytest.mark.parametrize(
    ("statement", "table", "rows"),
    [
        ("sync_child_profiles", "child_profiles", [{"name": f"kind {number}", "age": 5} for number in range(20)]),
        (
            "sync_parenting_goals",
            "parenting_goals",
            [{"title": f"doel {number}", "category": "long_term"} for number in range(20)],
        ),
    ],
)
async def test_rows_are_locked_in_the_order_of_their_keys(
    accounts: Accounts, database: Connection, dsn: str, *, statement: str, table: str, rows: list[dict[str, object]]
) -> None:
    """Changes of single rows lock in the same order; another order could deadlock."""
    parent = await accounts.parent()
    sync = STATEMENTS[statement].text
    arguments = {"parent_profile_id": parent.parent_profile_id}

    def values(document: list[dict[str, object]]) -> list[object]:
        text = msgspec.json.encode(document).decode()
        return [arguments.get(name, text) for name in STATEMENTS[statement].parameters]

    await database.execute(sync, *values(rows))
    ids = [
        row["id"]
        for row in await database.fetch(
            f"select id from {table} where parent_profile_id = $1 order by id", parent.parent_profile_id
        )
    ]
    changed = [row | ({"age": 6} if "age" in row else {"category": "short_term"}) for row in reversed(rows)]
    syncing = await asyncpg.connect(dsn, server_settings={"lock_timeout": "200ms"})
    try:
        async with database.transaction():
            await database.execute(f"select from {table} where id = $1 for update", ids[0])
            transaction = syncing.transaction()
            await transaction.start()
            waiting = asyncio.create_task(syncing.execute(sync, *values(changed)))
            await asyncio.sleep(0.05)
            # It waits for the first row, so it hasn't locked later ones.
            assert not waiting.done()
            await database.execute(f"select from {table} where id = any($1) for update nowait", ids)
            with pytest.raises(asyncpg.LockNotAvailableError):
                await waiting
            await transaction.rollback()
    finally:
        await syncing.close()
