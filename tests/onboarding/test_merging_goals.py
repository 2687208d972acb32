"""Goals that tabs edit, move and remove: those that stay keep their rows."""

import json
from typing import Any

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.onboarding.documents import accepted, completed, progress, reading, rows, started
from tests.statements import run


@pytest.mark.parametrize("make", [started, completed])
async def test_goals_that_are_edited_moved_and_removed(make: Any, accounts: Accounts, database: Connection) -> None:
    parent = await make(accounts)
    document = await reading(parent)
    other = await reading(parent)
    other["goals"]["shortTerm"].append("Zwemles")
    await accepted(parent, other)
    document["goals"]["shortTerm"] = ["Minder schermen", "samen eten"]
    document["goals"]["longTerm"] = ["Veel meer rust", "Samen eten"]
    await accepted(parent, document)
    found = (await progress(parent))["onboardingData"]["goals"]
    assert {title: sorted(found[title]) for title in ("shortTerm", "longTerm")} == {
        "shortTerm": ["Minder schermen", "Zwemles", "samen eten"],
        "longTerm": ["Samen eten", "Veel meer rust"],
    }


async def test_a_goal_keeps_what_else_is_known_of_it(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    await database.execute(
        "update parenting_goals set status = 'achieved', achieved_date = now(), description = title"
        " where parent_profile_id = $1",
        parent.parent_profile_id,
    )
    document = await reading(parent)
    # Edited, moved and removed; a new one stands elsewhere than the one that is removed.
    document["goals"]["shortTerm"] = ["Samen eten, elke dag", "Meer rust"]
    document["goals"]["longTerm"] = []
    await accepted(parent, document)
    document["goals"]["longTerm"] = ["Lezen"]
    await accepted(parent, document)
    found = [(goal["title"], goal["category"], goal["description"]) for goal in (await rows(database, parent)).goals]
    assert found == [
        ("Samen eten, elke dag", "short_term", "Samen eten"),
        ("Meer rust", "short_term", "Meer rust"),
        ("Lezen", "long_term", ""),
    ]
    # What the tab itself has changed is no reason to keep it.
    document["goals"] |= {"shortTerm": [], "longTerm": []}
    await accepted(parent, document)
    assert (await rows(database, parent)).goals == []


async def test_goals_that_changed_before_they_were_locked_stay(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    before = (await rows(database, parent)).goals
    # Changed to what it is by now; and from another title, or of another category, than it has by now.
    changes = [
        {"title": "Samen eten", "category": "short_term", "from": {"title": "Eten", "category": "short_term"}},
        {"title": "Stil", "category": "long_term", "from": {"title": "Rust", "category": "long_term"}},
        {"title": "Lezen", "category": "long_term", "from": {"title": "Minder schermen", "category": "general"}},
    ]
    given = [{"id": goal["id"], "change": "changed"} | change for goal, change in zip(before, changes, strict=True)]
    await run(
        database, "sync_parenting_goals", parent_profile_id=parent.parent_profile_id, goals=json.dumps(given)
    )  # fmt: skip
    assert (await rows(database, parent)).goals == before


async def test_a_new_goal_is_not_the_one_that_is_removed(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    before = (await rows(database, parent)).goals
    document = await reading(parent)
    document["goals"]["longTerm"] = ["Minder schermen", "Lezen"]
    await accepted(parent, document)
    assert [(goal["title"], goal["id"]) for goal in (await rows(database, parent)).goals][:2] == [
        ("Samen eten", before[0]["id"]),
        ("Minder schermen", before[2]["id"]),
    ]
