"""`achievedDate`: the server sets it exactly while the status is `achieved`."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.accounts import Accounts, Parent
from tests.family_resources.resources import GOALS, add, check_problem


async def change(parent: Parent, goal: dict[str, Any], **changes: Any) -> dict[str, Any]:
    answer = await parent.client.patch(f"{GOALS.path}/{goal['id']}", json=changes)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    assert (changed["achievedDate"] is not None) == (changed["status"] == "achieved")
    return changed


async def test_a_goal_added_as_achieved(accounts: Accounts) -> None:
    before = datetime.now(UTC)
    goal = await add(await accounts.parent(), GOALS, status="achieved")
    assert goal["achievedDate"].endswith("Z")
    assert before <= datetime.fromisoformat(goal["achievedDate"]) <= datetime.now(UTC)


async def test_lists_have_it(accounts: Accounts) -> None:
    parent = await accounts.parent()
    goals = [await add(parent, GOALS, status=status) for status in ("active", "achieved")]
    for query, expected in (({}, goals), ({"status": "achieved"}, goals[1:]), ({"status": "active"}, goals[:1])):
        assert (await parent.client.get(GOALS.path, params=query)).json()["items"] == expected


async def test_goals_of_a_batch(accounts: Accounts) -> None:
    parent = await accounts.parent()
    statuses = ["active", "achieved", "paused", "achieved"]
    answer = await parent.client.post(f"{GOALS.path}/batch", json=[GOALS.minimum | {"status": it} for it in statuses])
    assert [(goal["status"], goal["achievedDate"] is not None) for goal in answer.json()] == [
        (status, status == "achieved") for status in statuses
    ]


async def test_reaching_staying_leaving_and_reaching_again(accounts: Accounts) -> None:
    parent = await accounts.parent()
    goal = await add(parent, GOALS)
    assert goal["achievedDate"] is None
    first = (await change(parent, goal, status="achieved"))["achievedDate"]
    assert datetime.fromisoformat(first) > datetime.fromisoformat(goal["createdAt"])
    assert (await change(parent, goal, status="achieved"))["achievedDate"] == first
    assert (await change(parent, goal, title="Anders", targetDate=None))["achievedDate"] == first
    assert (await change(parent, goal))["achievedDate"] == first
    await change(parent, goal, status="active")
    await change(parent, goal, title="Weer anders")
    again = (await change(parent, goal, status="achieved"))["achievedDate"]
    assert datetime.fromisoformat(again) > datetime.fromisoformat(first)


@pytest.mark.parametrize("status", ["achieved_", "unachieved", "achieve", "done"])
async def test_similar_words_are_other_statuses(status: str, accounts: Accounts) -> None:
    parent = await accounts.parent()
    goal = await add(parent, GOALS, status=status)
    assert goal["achievedDate"] is None
    await change(parent, goal, status="achieved")
    await change(parent, goal, status=status)


@pytest.mark.parametrize("date", ["2025-01-01T00:00:00Z", None])
async def test_a_client_can_not_set_it(date: str | None, accounts: Accounts) -> None:
    parent = await accounts.parent()
    goal = await add(parent, GOALS, status="achieved")
    posted = await parent.client.post(GOALS.path, json=GOALS.minimum | {"achievedDate": date})
    check_problem(posted, 400, "invalid_body", "/achievedDate")
    patched = await parent.client.patch(f"{GOALS.path}/{goal['id']}", json={"achievedDate": date})
    check_problem(patched, 400, "invalid_body", "/achievedDate")
    assert (await parent.client.get(f"{GOALS.path}/{goal['id']}")).json() == goal


async def test_reaching_it_many_times_at_once_sets_one_date(accounts: Accounts) -> None:
    parent = await accounts.parent()
    goal = await add(parent, GOALS)
    changed = await asyncio.gather(*(change(parent, goal, status="achieved") for _ in range(8)))
    assert len({goal["achievedDate"] for goal in changed}) == 1


async def test_reaching_and_leaving_at_once_agree_with_the_status(accounts: Accounts) -> None:
    parent = await accounts.parent()
    goal = await add(parent, GOALS)
    await asyncio.gather(
        *(change(parent, goal, status=status) for status in ["achieved", "active"] * 4),
        *(change(parent, goal, title=title) for title in "abcd"),
    )
    await change(parent, goal)
