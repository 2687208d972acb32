"""The status of a goal: a lowercase word that lists can be filtered by."""

from typing import Any

import pytest

from tests.accounts import Accounts, Parent
from tests.family_resources.resources import GOALS, add, check_problem

SOUND = ["a", "active", "on_hold", "a_", "a" * 50]
WRONG = [
    "",
    "Active",
    "a" * 51,
    "_a",
    "1",
    "on hold",
    "on-hold",
    "active\n",
    " active",
    "actief!",
    "é",
    "\N{FULLWIDTH LATIN SMALL LETTER A}",
    "a\0",
]


async def ids(parent: Parent, **query: Any) -> list[int]:
    found = []
    while True:
        answer = await parent.client.get(GOALS.path, params=query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += [goal["id"] for goal in page["items"]]
        if page["nextCursor"] is None:
            return found
        query["cursor"] = page["nextCursor"]


@pytest.mark.parametrize("status", SOUND)
async def test_valid_statuses(status: str, accounts: Accounts) -> None:
    parent = await accounts.parent()
    goal = await add(parent, GOALS, status=status)
    assert goal["status"] == status
    assert await ids(parent, status=status) == [goal["id"]]


@pytest.mark.parametrize("status", WRONG, ids=repr)
async def test_invalid_statuses(status: str, accounts: Accounts) -> None:
    parent = await accounts.parent()
    goal = await add(parent, GOALS)
    posted = await parent.client.post(GOALS.path, json=GOALS.minimum | {"status": status})
    check_problem(posted, 400, "invalid_body", "/status")
    patched = await parent.client.patch(f"{GOALS.path}/{goal['id']}", json={"status": status})
    check_problem(patched, 400, "invalid_body", "/status")
    check_problem(await parent.client.get(GOALS.path, params={"status": status}), 400, "invalid_query", "status")


async def test_a_list_of_one_status(accounts: Accounts) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    statuses = ["active", "achieved", "active", "paused", "active", "achieved", "active"]
    goals = [await add(parent, GOALS, status=status) for status in statuses]
    await add(other, GOALS, status="active")
    for status in [*set(statuses), "nowhere"]:
        of_status = [goal["id"] for goal in goals if goal["status"] == status]
        assert await ids(parent, status=status) == of_status
        assert await ids(parent, status=status, limit=1) == of_status
        assert await ids(parent, status=status, limit=2) == of_status
    assert await ids(parent) == [goal["id"] for goal in goals]


async def test_items_equal_the_rows_read_one_by_one(accounts: Accounts) -> None:
    parent = await accounts.parent()
    goal = await add(parent, GOALS, **GOALS.full)
    assert (await parent.client.get(GOALS.path, params={"status": goal["status"]})).json()["items"] == [goal]


async def test_a_goal_moves_between_lists_with_its_status(accounts: Accounts) -> None:
    parent = await accounts.parent()
    goal = await add(parent, GOALS)
    await parent.client.patch(f"{GOALS.path}/{goal['id']}", json={"status": "paused"})
    assert (await ids(parent, status="active"), await ids(parent, status="paused")) == ([], [goal["id"]])


async def test_the_filter_of_children_is_unknown(accounts: Accounts) -> None:
    parent = await accounts.parent()
    check_problem(await parent.client.get("/api/child-profiles?status=active"), 400, "invalid_query", "status")


@pytest.mark.parametrize("query", ["status=active&status=active", "status=active&status=paused"])
async def test_two_statuses(query: str, accounts: Accounts) -> None:
    parent = await accounts.parent()
    check_problem(await parent.client.get(f"{GOALS.path}?{query}"), 400, "invalid_query", "status")
