"""Onboarding documents for tests, and their rows in the database."""

from typing import Any, NamedTuple

import httpx

from api.database.aliases import Connection
from tests.accounts import Accounts, Parent

BASIC_INFO = {"name": "Noor", "parentType": "mom", "experienceLevel": "experienced"}
STRESS_ASSESSMENT = {"stressLevel": "high", "primaryConcerns": ["slapen"], "supportNetwork": ["oma", "buren"]}
CHILDREN = [{"name": "Bram", "age": 4, "specialNeeds": []}, {"name": "Zoë", "age": 0, "specialNeeds": ["koemelk"]}]
GOALS = {
    "shortTerm": ["Samen eten"],
    "longTerm": ["Meer rust", "Minder schermen"],
    "supportAreas": ["slapen"],
    "communicationPreference": "e-mail",
}
DOCUMENT: dict[str, Any] = {
    "basicInfo": BASIC_INFO,
    "stressAssessment": STRESS_ASSESSMENT,
    "childProfiles": CHILDREN,
    "goals": GOALS,
}
MINIMUM = {"basicInfo": BASIC_INFO, "stressAssessment": STRESS_ASSESSMENT}


async def progress(parent: Parent) -> dict[str, Any]:
    """A parent's progress, with the document as a client without revisions knows it."""
    answer = await parent.client.get("/api/onboarding/progress")
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read | {"onboardingData": plain(read["onboardingData"])}


async def reading(parent: Parent) -> dict[str, Any]:
    """The document as the web client gets and keeps it."""
    document: dict[str, Any] = (await parent.client.get("/api/onboarding/progress")).json()["onboardingData"]
    return document


def plain(document: dict[str, Any]) -> dict[str, Any]:
    """A document without its revision and the ids of its children."""
    assert len(document["revision"]) <= 4096
    found = {name: part for name, part in document.items() if name != "revision"}
    if isinstance(found.get("childProfiles"), list):
        found["childProfiles"] = [
            {name: value for name, value in child.items() if name != "id"} for child in found["childProfiles"]
        ]
    return found


def plain_profile(profile: dict[str, Any]) -> dict[str, Any]:
    """A profile without the revision of its document."""
    return profile | {"onboardingData": plain(profile["onboardingData"])}


async def save(parent: Parent, data: dict[str, Any], step: int = 4) -> httpx.Response:
    return await parent.client.post("/api/onboarding/progress", json={"step": step, "data": data})


async def complete(parent: Parent, document: dict[str, Any] = DOCUMENT) -> httpx.Response:
    return await parent.client.post("/api/onboarding/complete", json=document)


class Rows(NamedTuple):
    """All rows of a family except the account."""

    profiles: list[Any]
    children: list[Any]
    goals: list[Any]


async def rows(database: Connection, parent: Parent) -> Rows:
    return Rows(
        await database.fetch("select * from parent_profiles where user_id = $1", parent.user_id),
        await _family(database, parent, "child_profiles"),
        await _family(database, parent, "parenting_goals"),
    )


async def _family(database: Connection, parent: Parent, table: str) -> list[Any]:
    return await database.fetch(
        f"select family.* from {table} as family join parent_profiles as profile"
        " on profile.id = family.parent_profile_id where profile.user_id = $1 order by family.id",
        parent.user_id,
    )


async def children(database: Connection, parent: Parent) -> list[tuple[str, int, list[str]]]:
    found = (await rows(database, parent)).children
    return [(child["name"], child["age"], child["special_needs"]) for child in found]


async def goals(database: Connection, parent: Parent) -> list[tuple[str, str]]:
    return [(goal["title"], goal["category"]) for goal in (await rows(database, parent)).goals]


async def completed(accounts: Accounts, document: dict[str, Any] = DOCUMENT) -> Parent:
    parent = await accounts.parent(profile=False)
    profile = (await complete(parent, document)).json()["profile"]
    return parent._replace(parent_profile_id=profile["id"])


async def started(accounts: Accounts) -> Parent:
    parent = await accounts.parent(profile=False)
    await save(parent, DOCUMENT)
    return parent


async def accepted(parent: Parent, document: dict[str, Any], step: int = 4) -> None:
    answer = await save(parent, document, step)
    assert answer.status_code == 200, answer.text
