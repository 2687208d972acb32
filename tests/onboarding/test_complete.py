"""Completion of the onboarding, and the document that is composed from rows afterwards."""

import asyncio
from typing import Any

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.onboarding.documents import (
    BASIC_INFO,
    DOCUMENT,
    MINIMUM,
    STRESS_ASSESSMENT,
    children,
    complete,
    goals,
    plain_profile,
    progress,
    reading,
    rows,
    save,
)


async def test_profile_children_and_goals_are_written(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    answer = await complete(parent)
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"message", "profile"}
    assert answer.json()["message"] == "Je profiel is klaar. Welkom!"
    profile = answer.json()["profile"]
    assert plain_profile(profile) == plain_profile((await parent.client.get("/api/profile")).json())
    assert profile["completedOnboarding"] is True
    assert profile["currentOnboardingStep"] == 4
    assert profile["name"] == "Noor"
    assert profile["experienceLevel"] == "experienced"
    assert profile["stressLevel"] == "high"
    assert profile["communicationPreference"] == "e-mail"
    assert await children(database, parent) == [("Bram", 4, []), ("Zoë", 0, ["koemelk"])]
    assert await goals(database, parent) == [
        ("Samen eten", "short_term"),
        ("Meer rust", "long_term"),
        ("Minder schermen", "long_term"),
    ]
    assert await progress(parent) == {
        "currentOnboardingStep": 4,
        "completedOnboarding": True,
        "onboardingData": DOCUMENT,
    }


async def test_after_steps(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    for step, part in enumerate(DOCUMENT):
        await save(parent, {part: DOCUMENT[part]}, step)
    assert (await complete(parent)).status_code == 200
    assert (await progress(parent))["onboardingData"] == DOCUMENT
    assert len((await rows(database, parent)).profiles) == 1


async def test_twice_adds_nothing_twice(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    await complete(parent)
    before = await rows(database, parent)
    assert (await complete(parent)).status_code == 200
    after = await rows(database, parent)
    assert after.children == before.children
    assert after.goals == before.goals


async def test_fifty_at_once_add_nothing_twice(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    answers = await asyncio.gather(*(complete(parent) for _ in range(50)))
    # More requests of one family than connections may get a 503, or a 429 if they take long, but no other error.
    assert {answer.status_code for answer in answers} <= {200, 429, 503}
    assert any(answer.status_code == 200 for answer in answers)
    assert (await progress(parent))["onboardingData"] == DOCUMENT
    found = await rows(database, parent)
    assert (len(found.profiles), len(found.children), len(found.goals)) == (1, 2, 3)


async def test_the_smallest_complete_document(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    assert (await complete(parent, MINIMUM)).status_code == 200
    found = await rows(database, parent)
    assert found.children == found.goals == []
    assert (await progress(parent))["onboardingData"] == MINIMUM | {
        "childProfiles": [],
        "goals": {"shortTerm": [], "longTerm": [], "supportAreas": []},
    }


async def test_parts_saved_before_become_rows(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    await save(parent, {"childProfiles": DOCUMENT["childProfiles"], "goals": DOCUMENT["goals"]})
    profile = (await complete(parent, MINIMUM)).json()["profile"]
    assert profile["communicationPreference"] == "e-mail"
    assert await children(database, parent) == [("Bram", 4, []), ("Zoë", 0, ["koemelk"])]
    assert len(await goals(database, parent)) == 3
    assert (await progress(parent))["onboardingData"] == DOCUMENT


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        ({}, {"/basicInfo", "/stressAssessment"}),
        ({"basicInfo": BASIC_INFO}, {"/stressAssessment"}),
        (
            {"basicInfo": {}, "stressAssessment": {}},
            {
                "/basicInfo/name",
                "/basicInfo/parentType",
                "/basicInfo/experienceLevel",
                "/stressAssessment/stressLevel",
                "/stressAssessment/primaryConcerns",
                "/stressAssessment/supportNetwork",
            },
        ),
        ({"basicInfo": None, "stressAssessment": STRESS_ASSESSMENT}, {"/basicInfo"}),
        (MINIMUM | {"childProfiles": [{}]}, {"/childProfiles/0/name", "/childProfiles/0/age"}),
    ],
)
async def test_all_missing_fields_are_reported(
    document: dict[str, Any], pointers: set[str], accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent(profile=False)
    # Saved answers don't count: the body is the whole document.
    await save(parent, DOCUMENT)
    before = await rows(database, parent)
    answer = await complete(parent, document)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_body")
    assert {error["pointer"] for error in answer.json()["errors"]} == pointers
    assert await rows(database, parent) == before


@pytest.mark.parametrize("saved", [False, True])
@pytest.mark.parametrize(("table", "column"), [("child_profiles", "name"), ("parenting_goals", "title")])
async def test_failing_half_way_leaves_nothing(
    saved: bool,
    table: str,
    column: str,
    accounts: Accounts,
    database: Connection,
) -> None:
    parent = await accounts.parent(profile=False)
    if saved:
        await save(parent, {"basicInfo": {"name": "Jan"}}, 1)
    before = await rows(database, parent)
    document = DOCUMENT | {
        "childProfiles": [*DOCUMENT["childProfiles"], {"name": "Unlucky", "age": 3}],
        "goals": {"shortTerm": ["Samen eten", "Unlucky"]},
    }
    await database.execute(
        "create function fail() returns trigger language plpgsql as $$ begin raise exception 'planted'; end $$"
    )
    await database.execute(
        f"create trigger planted before insert on {table} for each row"
        f" when (new.{column} = 'Unlucky') execute function fail()"
    )
    try:
        answer = await complete(parent, document)
    finally:
        await database.execute("drop function fail() cascade")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert await rows(database, parent) == before
    assert (await complete(parent, document)).status_code == 200
    assert len(await children(database, parent)) == 3


async def test_the_document_is_composed_from_rows(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    profile_id = (await complete(parent)).json()["profile"]["id"]
    await parent.client.patch(
        "/api/parent-profile",
        json={"name": "Noortje", "stressLevel": "low", "supportNetwork": [], "communicationPreference": None},
    )
    await database.execute("update child_profiles set age = 5 where parent_profile_id = $1 and age = 4", profile_id)
    await database.execute(
        "delete from parenting_goals where parent_profile_id = $1 and title = 'Meer rust'", profile_id
    )
    await database.execute(
        "insert into parenting_goals (parent_profile_id, title, category) values ($1, 'Anders', 'general')", profile_id
    )
    assert (await progress(parent))["onboardingData"] == {
        "basicInfo": BASIC_INFO | {"name": "Noortje"},
        "stressAssessment": STRESS_ASSESSMENT | {"stressLevel": "low", "supportNetwork": []},
        "childProfiles": [
            {"name": "Bram", "age": 5, "specialNeeds": []},
            {"name": "Zoë", "age": 0, "specialNeeds": ["koemelk"]},
        ],
        "goals": {"shortTerm": ["Samen eten"], "longTerm": ["Minder schermen"], "supportAreas": ["slapen"]},
    }


async def test_a_family_of_the_previous_system_has_a_document(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    await database.execute("update parent_profiles set onboarding_data = '{}' where user_id = $1", parent.user_id)
    assert (await progress(parent))["onboardingData"] == {
        "basicInfo": {"name": "Noor", "experienceLevel": "first_time"},
        "stressAssessment": {"stressLevel": "moderate", "primaryConcerns": [], "supportNetwork": []},
        "childProfiles": [],
        "goals": {"shortTerm": [], "longTerm": [], "supportAreas": []},
    }


async def test_other_families_are_not_changed(accounts: Accounts, database: Connection) -> None:
    parent, other = await accounts.parent(profile=False), await accounts.parent(profile=False)
    await complete(other)
    before = await rows(database, other)
    await complete(parent, DOCUMENT | {"childProfiles": [{"name": "Bram", "age": 17}]})
    assert await rows(database, other) == before


async def test_what_the_completing_save_clears_is_gone(accounts: Accounts) -> None:
    """Its column was filled by the save before."""
    parent = await accounts.parent(profile=False)
    assert (await save(parent, DOCUMENT, 3)).status_code == 200
    document = await reading(parent)
    del document["goals"]["communicationPreference"]
    assert (await complete(parent, document)).status_code == 200
    assert "communicationPreference" not in (await reading(parent))["goals"]
