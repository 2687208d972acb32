"""Goals that tabs edit, move and remove: those that stay keep their rows."""

from typing import Any

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.onboarding.documents import accepted, completed, progress, reading, rows, started


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
