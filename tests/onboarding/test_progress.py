"""Saving of steps before the onboarding is complete."""

from itertools import pairwise
from typing import Any

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.onboarding.documents import (
    BASIC_INFO,
    CHILDREN,
    DOCUMENT,
    GOALS,
    STRESS_ASSESSMENT,
    plain,
    plain_profile,
    progress,
    rows,
    save,
)


async def test_without_a_profile_reading_creates_nothing(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    assert await progress(parent) == {
        "currentOnboardingStep": 0,
        "completedOnboarding": False,
        "onboardingData": {"childProfiles": []},
    }
    assert (await rows(database, parent)).profiles == []


async def test_each_step_adds_its_part(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    parts: list[dict[str, Any]] = [
        {"basicInfo": BASIC_INFO},
        {"stressAssessment": STRESS_ASSESSMENT},
        {"childProfiles": CHILDREN},
        {"goals": GOALS},
    ]
    expected: dict[str, Any] = {"childProfiles": []}
    for step, part in enumerate(parts):
        answer = await save(parent, part, step)
        assert answer.status_code == 200, answer.text
        expected |= part
        profile = answer.json()["profile"]
        assert plain(profile["onboardingData"]) == expected
        assert profile["userId"] == parent.user_id
        assert await progress(parent) == {
            "currentOnboardingStep": step,
            "completedOnboarding": False,
            "onboardingData": expected,
        }
    [profile], no_children, no_goals = await rows(database, parent)
    assert no_children == no_goals == []
    assert profile["name"] == "Noor"
    assert profile["experience_level"] == "experienced"
    assert profile["stress_level"] == "high"
    assert profile["primary_concerns"] == ["slapen"]
    assert profile["support_network"] == ["oma", "buren"]
    assert profile["communication_preference"] == "e-mail"


async def test_the_response_has_the_profile(accounts: Accounts) -> None:
    parent = await accounts.parent(profile=False)
    answer = (await save(parent, {"basicInfo": BASIC_INFO}, 0)).json()
    assert answer.keys() == {"message", "profile"}
    assert answer["message"] == "Je antwoorden zijn opgeslagen."
    assert plain_profile(answer["profile"]) == plain_profile((await parent.client.get("/api/profile")).json())


async def test_the_message_is_in_the_language_of_the_caller(accounts: Accounts) -> None:
    parent = await accounts.parent(profile=False)
    parent.client.headers["Accept-Language"] = "en"
    assert (await save(parent, {})).json()["message"] == "Your answers have been saved."


async def test_objects_merge_and_lists_of_texts_are_replaced(accounts: Accounts) -> None:
    parent = await accounts.parent(profile=False)
    await save(parent, DOCUMENT, 3)
    answer = await save(
        parent,
        {
            "basicInfo": {"parentType": "other"},
            "stressAssessment": {"primaryConcerns": []},
            "childProfiles": [{"name": "Bo", "age": 18}],
            "goals": {"shortTerm": ["Zwemles"]},
        },
        1,
    )
    profile = answer.json()["profile"]
    assert profile["currentOnboardingStep"] == 3
    assert plain(profile["onboardingData"]) == {
        "basicInfo": BASIC_INFO | {"parentType": "other"},
        "stressAssessment": STRESS_ASSESSMENT | {"primaryConcerns": []},
        "childProfiles": [*CHILDREN, {"name": "Bo", "age": 18}],
        "goals": GOALS | {"shortTerm": ["Samen eten", "Zwemles"]},
    }
    assert profile["name"] == "Noor"
    assert profile["primaryConcerns"] == []
    assert profile["supportNetwork"] == ["oma", "buren"]


@pytest.mark.parametrize("parts", list(pairwise(DOCUMENT)))
async def test_saving_one_part_keeps_the_others(parts: tuple[str, str], accounts: Accounts) -> None:
    parent = await accounts.parent(profile=False)
    first, second = parts
    await save(parent, {first: DOCUMENT[first]})
    await save(parent, {second: DOCUMENT[second]})
    assert (await progress(parent))["onboardingData"] == {
        "childProfiles": [],
        first: DOCUMENT[first],
        second: DOCUMENT[second],
    }


async def test_an_empty_document_saves_only_the_step(accounts: Accounts) -> None:
    parent = await accounts.parent(profile=False)
    assert (await save(parent, {}, 2)).status_code == 200
    assert await progress(parent) == {
        "currentOnboardingStep": 2,
        "completedOnboarding": False,
        "onboardingData": {"childProfiles": []},
    }
    await save(parent, DOCUMENT, 3)
    await save(parent, {}, 0)
    assert await progress(parent) == {
        "currentOnboardingStep": 3,
        "completedOnboarding": False,
        "onboardingData": DOCUMENT,
    }


async def test_unknown_parts_saved_by_the_previous_system_are_kept(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(completed=False)
    await database.execute(
        "update parent_profiles set onboarding_data = $2 where user_id = $1",
        parent.user_id,
        '{"goals": null, "basicInfo": {"nickname": null, "parentType": "dad"}, "version": 2}',
    )
    await save(parent, {"basicInfo": {"name": "Jan"}, "goals": {"longTerm": ["Rust"]}})
    assert (await progress(parent))["onboardingData"] == {
        "goals": {"longTerm": ["Rust"]},
        "basicInfo": {"nickname": None, "parentType": "dad", "name": "Jan"},
        "version": 2,
    }


async def test_other_families_are_not_changed(accounts: Accounts, database: Connection) -> None:
    parent, other = await accounts.parent(profile=False), await accounts.parent()
    before = await rows(database, other)
    await save(parent, DOCUMENT)
    assert await rows(database, other) == before
    assert (await progress(other))["onboardingData"]["basicInfo"]["name"] == "Noor"
