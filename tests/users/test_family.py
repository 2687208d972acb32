"""The nested document of a family."""

import httpx
import pytest

from tests.accounts import Accounts, Parent

PATH = "/api/users/me"


async def filled(accounts: Accounts) -> Parent:
    parent = await accounts.parent()
    for name in ("Bram", "Zoë"):
        child = {
            "name": name,
            "age": 4,
            "specialNeeds": ["bril", 'a "quoted", {odd} one'],
            "routines": {"bed": "19:30"},
        }
        assert (await parent.client.post("/api/child-profiles", json=child)).status_code == 201
    await parent.client.post("/api/parenting-goals", json={"title": "Slapen", "targetDate": "2027-01-01T00:00:00Z"})
    return parent


async def items(client: httpx.AsyncClient, path: str) -> object:
    return (await client.get(path)).json()["items"]


async def test_only_the_account(accounts: Accounts) -> None:
    parent = await filled(accounts)
    document = (await parent.client.get(PATH)).json()
    assert set(document) == {"id", "username", "email", "profilePicture"}


@pytest.mark.parametrize(
    ("include", "parts"),
    [
        ("parentProfile", set()),
        ("childProfiles", {"childProfiles"}),
        ("parentingGoals", {"parentingGoals"}),
        ("parentProfile,childProfiles,parentingGoals", {"childProfiles", "parentingGoals"}),
        ("parentingGoals,childProfiles", {"childProfiles", "parentingGoals"}),
    ],
)
async def test_included_parts_equal_those_of_their_own_paths(accounts: Accounts, include: str, parts: set[str]) -> None:
    parent = await filled(accounts)
    document = (await parent.client.get(PATH, params={"include": include})).json()
    profile = document["parentProfile"]
    nested = {part: profile.pop(part) for part in parts}
    assert profile == (await parent.client.get("/api/parent-profile")).json()
    if "childProfiles" in parts:
        assert nested["childProfiles"] == await items(parent.client, "/api/child-profiles")
    if "parentingGoals" in parts:
        assert nested["parentingGoals"] == await items(parent.client, "/api/parenting-goals")


async def test_empty_lists(accounts: Accounts) -> None:
    parent = await accounts.parent()
    document = (await parent.client.get(PATH, params={"include": "childProfiles,parentingGoals"})).json()
    assert document["parentProfile"]["childProfiles"] == []
    assert document["parentProfile"]["parentingGoals"] == []


async def test_without_a_profile(accounts: Accounts) -> None:
    parent = await accounts.parent(profile=False)
    document = (await parent.client.get(PATH, params={"include": "parentProfile,childProfiles"})).json()
    assert document["parentProfile"] is None


@pytest.mark.parametrize(
    "query", ["include=users", "include=parentProfile,", "include=childProfiles,x", "includes=parentProfile"]
)
async def test_an_unknown_include(accounts: Accounts, query: str) -> None:
    parent = await accounts.parent()
    answer = await parent.client.get(f"{PATH}?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid_query"
