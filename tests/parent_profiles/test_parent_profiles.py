import asyncio
from typing import Any

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.onboarding.documents import accepted, plain_profile, progress, started

PATH = "/api/parent-profile"
FULL = {
    "name": "Noor",
    "email": "noor@example.org",
    "stressLevel": "very_high",
    "experienceLevel": "multiple_children",
    "primaryConcerns": ["slapen", "eten"],
    "supportNetwork": ["oma"],
    "bio": "Moeder van twee",
    "preferredLanguage": "en-GB",
    "communicationPreference": "e-mail",
}
DEFAULTS: dict[str, Any] = {
    "name": "Noor",
    "email": None,
    "stressLevel": "moderate",
    "experienceLevel": "first_time",
    "primaryConcerns": [],
    "supportNetwork": [],
    "bio": None,
    "preferredLanguage": "nl",
    "communicationPreference": None,
}
READ_ONLY = {
    "id",
    "userId",
    "completedOnboarding",
    "currentOnboardingStep",
    "onboardingData",
    "lastSuggestionCheck",
    "createdAt",
    "updatedAt",
}


def written(profile: dict[str, Any]) -> dict[str, Any]:
    """Fields of a profile that its parent writes."""
    return {name: value for name, value in profile.items() if name not in READ_ONLY}


async def stored(database: Connection, parent: Parent) -> list[Any]:
    return await database.fetch("select * from parent_profiles where user_id = $1", parent.user_id)


async def test_both_paths_give_the_profile_without_its_embedding(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    await database.execute(
        "update parent_profiles set profile_embedding = array_fill(0.5::real, '{3072}')::halfvec, bio = 'Leest graag'"
        " where id = $1",
        parent.parent_profile_id,
    )
    answer = await parent.client.get(PATH)
    assert answer.status_code == 200
    profile = answer.json()
    assert profile.keys() == FULL.keys() | READ_ONLY
    assert profile["id"] == parent.parent_profile_id
    assert profile["userId"] == parent.user_id
    assert profile["onboardingData"] == {"basicInfo": {}, "goals": {}}
    assert profile["completedOnboarding"] is True
    assert profile["createdAt"].endswith("Z")
    assert plain_profile((await parent.client.get("/api/profile")).json()) == profile


@pytest.mark.parametrize("path", [PATH, "/api/profile"])
async def test_reading_without_a_profile(path: str, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    answer = await parent.client.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "parent_profile_not_found")
    assert await stored(database, parent) == []


async def test_put_creates_once_then_replaces(accounts: Accounts) -> None:
    parent = await accounts.parent(profile=False)
    created = await parent.client.put(PATH, json=FULL)
    assert created.status_code == 201
    assert created.headers.get_list("location") == [PATH]
    assert written(created.json()) == FULL
    assert created.json()["completedOnboarding"] is False
    assert (await parent.client.get(created.headers["location"])).json() == created.json()

    replaced = await parent.client.put(PATH, json={"name": "Noor"})
    assert replaced.status_code == 200
    assert "location" not in replaced.headers
    assert written(replaced.json()) == DEFAULTS
    assert replaced.json()["id"] == created.json()["id"]
    assert replaced.json()["updatedAt"] > created.json()["updatedAt"]


async def test_the_201_of_put_is_documented(accounts: Accounts) -> None:
    parent = await accounts.parent(profile=False)
    document = (await parent.client.get("/schema/openapi.json")).json()
    assert {"200", "201"} <= document["paths"][PATH]["put"]["responses"].keys()


async def test_put_leaves_the_onboarding_as_it_was(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    await database.execute(
        "update parent_profiles set onboarding_data = $2 where id = $1", parent.parent_profile_id, '{"goals": {}}'
    )
    profile = (await parent.client.put(PATH, json=FULL)).json()
    assert profile["completedOnboarding"] is True
    assert profile["currentOnboardingStep"] == 4
    assert profile["onboardingData"] == {"goals": {}}


async def test_one_of_several_puts_at_once_creates(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    answers = await asyncio.gather(*(parent.client.put(PATH, json=FULL) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len(await stored(database, parent)) == 1


async def test_patch_changes_only_its_fields(accounts: Accounts) -> None:
    parent = await accounts.parent()
    before = (await parent.client.put(PATH, json=FULL)).json()
    answer = await parent.client.patch(
        PATH,
        json={"bio": None, "email": None, "communicationPreference": None, "primaryConcerns": [], "stressLevel": "low"},
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert answer.status_code == 200
    cleared = {"bio": None, "email": None, "communicationPreference": None}
    assert written(answer.json()) == FULL | cleared | {"primaryConcerns": [], "stressLevel": "low"}
    assert answer.json()["updatedAt"] > before["updatedAt"]
    assert (await parent.client.get(PATH)).json() == answer.json()


async def test_patch_without_a_profile(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    answer = await parent.client.patch(PATH, json={"bio": "x"})
    assert (answer.status_code, answer.json()["code"]) == (404, "parent_profile_not_found")
    assert await stored(database, parent) == []


@pytest.mark.parametrize(
    "name",
    ["name", "stressLevel", "experienceLevel", "primaryConcerns", "supportNetwork", "preferredLanguage"],
)
async def test_patch_refuses_null_for_required_fields(name: str, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    before = await stored(database, parent)
    answer = await parent.client.patch(PATH, json={name: None})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}"]
    assert await stored(database, parent) == before


LIMITS: dict[str, list[tuple[object, bool]]] = {
    "name": [("n" * 100, True), ("n" * 101, False), ("", False), (" \t\n", False), ("a\0b", False), (7, False)],
    "email": [
        ("a@b", True),
        ("a" * 250 + "@b.c", True),
        ("a" * 251 + "@b.c", False),
        ("a@b\n", False),
        ("a b@c", False),
        ("", False),
        (None, True),
    ],
    "stressLevel": [("very_high", True), ("extreme", False), ("HIGH", False), (1, False)],
    "experienceLevel": [("experienced", True), ("expert", False)],
    "primaryConcerns": [
        (["c" * 200] * 50, True),
        (["c"] * 51, False),
        (["c" * 201], False),
        ([None], False),
        ("c", False),
    ],
    "supportNetwork": [([""], True), ([["oma"]], False), (["o\0"], False)],
    "bio": [("b" * 5000, True), ("b" * 5001, False), ("", True), (None, True)],
    "preferredLanguage": [("zh-Hant-TW", True), ("nl\n", False), ("n", False), ("nl_NL", False), ("", False)],
    "communicationPreference": [("c" * 200, True), ("c" * 201, False), (None, True)],
}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize(
    ("name", "value", "good"),
    [(name, value, good) for name, cases in LIMITS.items() for value, good in cases],
    ids=lambda part: repr(part)[:24],
)
async def test_limits(method: str, name: str, value: object, good: bool, accounts: Accounts) -> None:
    parent = await accounts.parent()
    answer = await parent.client.request(method, PATH, json={"name": "Noor"} | {name: value})
    if good:
        assert answer.status_code == 200, answer.text
        assert answer.json()[name] == value
    else:
        assert answer.status_code == 400
        assert all(error["pointer"].startswith(f"/{name}") for error in answer.json()["errors"])
        assert answer.json()["errors"]


@pytest.mark.parametrize("name", sorted(READ_ONLY | {"profileEmbedding"}))
async def test_read_only_fields_are_refused(name: str, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    before = await stored(database, parent)
    for method in ("PUT", "PATCH"):
        answer = await parent.client.request(method, PATH, json={"name": "Anders", name: 1})
        assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{name}"]
    assert await stored(database, parent) == before


async def test_put_needs_a_name_and_reports_all_errors(accounts: Accounts) -> None:
    parent = await accounts.parent(profile=False)
    answer = await parent.client.put(PATH, json={"stressLevel": "extreme", "bio": 1})
    assert answer.status_code == 400
    assert {error["pointer"] for error in answer.json()["errors"]} == {"/name", "/stressLevel", "/bio"}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_only_the_version_that_is_known_is_changed(method: str, accounts: Accounts, database: Connection) -> None:
    parent, newcomer = await accounts.parent(), await accounts.parent(profile=False)
    first = (await parent.client.put(PATH, json=FULL)).headers["etag"]
    second = (await parent.client.patch(PATH, json={"bio": None})).headers["etag"]
    before = await stored(database, parent)
    for known in (first, '"other"', f'{first}, "other"'):
        answer = await parent.client.request(method, PATH, headers={"If-Match": known}, json={"name": "Anders"})
        assert (answer.status_code, answer.headers["etag"]) == (412, second)
        assert await stored(database, parent) == before
    for known in (f"{first}, {second}", "*"):
        answer = await parent.client.request(method, PATH, headers={"If-Match": known}, json={"name": "Anders"})
        assert (answer.status_code, answer.json()["name"]) == (200, "Anders")
        assert answer.headers["etag"] != second
    answer = await newcomer.client.request(method, PATH, headers={"If-Match": "*"}, json={"name": "Anders"})
    assert answer.status_code == (412 if method == "PUT" else 404)
    assert await stored(database, newcomer) == []


async def test_a_document_that_was_read_with_the_profile_removes_what_it_leaves_out(accounts: Accounts) -> None:
    parent = await started(accounts)
    document = (await parent.client.get("/api/profile")).json()["onboardingData"]
    await accepted(parent, document | {"childProfiles": []})
    assert (await progress(parent))["onboardingData"]["childProfiles"] == []


async def test_other_families_are_not_changed(accounts: Accounts, database: Connection) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    before = await stored(database, other)
    await parent.client.put(PATH, json=FULL)
    await parent.client.patch(PATH, json={"name": "Anders"})
    assert await stored(database, other) == before
