"""The revision of a document: what it tells, and what one comes to that is broken, too small or another's."""

from typing import Any

import pytest

from api.database.aliases import Connection
from api.database.queries import STATEMENTS
from tests.accounts import Accounts
from tests.onboarding.documents import (
    CHILDREN,
    GOALS,
    accepted,
    children,
    completed,
    goals,
    progress,
    reading,
    rows,
    save,
    started,
)
from tests.statements import without_triggers

MERGE_BASES = "select count(*) from onboarding_merge_bases where parent_profile_id = $1"


async def test_it_tells_nothing_and_is_new_for_each_reading(accounts: Accounts) -> None:
    parent = await completed(accounts)
    first, second = (await reading(parent))["revision"], (await reading(parent))["revision"]
    assert first != second
    assert len(first) < 300
    # Not a digest is the same: who has seen others can't compare them.
    assert not set(first.split(".")[3:]) & set(second.split(".")[3:])
    for document in ((await parent.client.get("/api/profile")).json(), (await save(parent, {})).json()["profile"]):
        assert document["onboardingData"]["revision"].split(".")[2] == "5"


@pytest.mark.parametrize("make", [started, completed])
@pytest.mark.parametrize("broken", ["", "x", "0" * 5000, "cut", "changed", "of another account", None])
async def test_a_broken_revision_is_none(
    broken: str | None, make: Any, accounts: Accounts, database: Connection
) -> None:
    """Such a save merges and removes nothing."""
    parent = await make(accounts)
    document = await reading(parent)
    match broken:
        case "cut":
            document["revision"] = document["revision"][:-1]
        case "changed":
            document["revision"] = document["revision"][:-1] + ("A" if document["revision"][-1] != "A" else "B")
        case "of another account":
            document["revision"] = (await reading(await completed(accounts)))["revision"]
        case _:
            document["revision"] = broken
    document["childProfiles"] = [document["childProfiles"][0] | {"age": 7}]
    document["goals"] = {"shortTerm": ["Lezen"], "longTerm": []}
    await accepted(parent, document)
    found = (await progress(parent))["onboardingData"]
    assert found["childProfiles"] == [CHILDREN[0] | {"age": 7}, CHILDREN[1]]
    assert found["goals"] == GOALS | {"shortTerm": ["Samen eten", "Lezen"]}
    [profile] = (await rows(database, parent)).profiles
    assert await database.fetchval(MERGE_BASES, profile["id"]) == 0


@pytest.mark.parametrize("part", ["childProfiles", "goals", "basicInfo", "stressAssessment"])
@pytest.mark.parametrize("make", [started, completed])
async def test_a_part_that_is_left_out_says_nothing(part: str, make: Any, accounts: Accounts) -> None:
    parent = await make(accounts)
    before = await progress(parent)
    document = await reading(parent)
    kept = document.pop(part)
    await accepted(parent, document)
    assert await progress(parent) == before
    # Nor later.
    await accepted(parent, document | {part: kept})
    assert await progress(parent) == before


async def test_the_document_of_an_answer_has_a_revision_of_its_own(accounts: Accounts) -> None:
    parent = await started(accounts)
    document = (await save(parent, {})).json()["profile"]["onboardingData"]
    await accepted(parent, document | {"childProfiles": []})
    assert (await progress(parent))["onboardingData"]["childProfiles"] == []


async def test_ids_of_other_families_are_nobodys(accounts: Accounts, database: Connection) -> None:
    parent, other = await completed(accounts), await completed(accounts)
    before = await rows(database, other)
    document = await reading(parent)
    document["childProfiles"] = (await reading(other))["childProfiles"]
    document["childProfiles"][0]["age"] = 9
    await accepted(parent, document)
    await accepted(parent, document | {"childProfiles": []})
    assert await rows(database, other) == before
    assert await children(database, parent) == []


async def test_a_profile_of_the_web_client_can_be_posted_back(accounts: Accounts, database: Connection) -> None:
    """Once complete, its document holds little: what it leaves out stays."""
    parent = await completed(accounts)
    before = await progress(parent)
    document = (await parent.client.get("/api/profile")).json()["onboardingData"]
    document["basicInfo"]["parentType"] = "dad"
    await accepted(parent, document)
    before["onboardingData"]["basicInfo"]["parentType"] = "dad"
    assert await progress(parent) == before


@pytest.mark.parametrize("make", [started, completed])
async def test_the_email_becomes_the_profiles(make: Any, accounts: Accounts) -> None:
    parent = await make(accounts)

    async def email() -> Any:
        return (await parent.client.get("/api/profile")).json()["email"]

    document = await reading(parent)
    document["basicInfo"]["email"] = ""
    await accepted(parent, document)
    document["basicInfo"]["email"] = "noor@example.org"
    await accepted(parent, document)
    assert await email() == "noor@example.org"
    # Without a revision an empty text says nothing; with one it takes the address away.
    await accepted(parent, {"basicInfo": {"email": ""}})
    assert await email() == "noor@example.org"
    document = await reading(parent)
    assert document["basicInfo"]["email"] == "noor@example.org"
    document["basicInfo"]["email"] = ""
    await accepted(parent, document)
    assert await email() is None


async def test_a_family_at_the_limits(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    await database.execute(
        "insert into child_profiles (parent_profile_id, name, age)"
        " select $1, 'Kind ' || n, 4 from generate_series(1, 50) as n",
        parent.parent_profile_id,
    )
    await database.execute(
        "insert into parenting_goals (parent_profile_id, title, category) select $1, rpad('Doel ' || n, 200, '.'),"
        " case when n % 2 = 0 then 'short_term' else 'long_term' end from generate_series(1, 1000) as n",
        parent.parent_profile_id,
    )
    first, second = await reading(parent), await reading(parent)
    assert len(first["revision"]) <= 4096
    # One more is too many, but not if another goes.
    refused = await save(parent, first | {"childProfiles": [*first["childProfiles"], {"name": "Bo", "age": 1}]})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_children")
    first["childProfiles"][7] = {"name": "Bo", "age": 1, "specialNeeds": []}
    first["goals"]["shortTerm"].pop(20)
    first["goals"]["longTerm"].append("Lezen")
    await accepted(parent, first)
    second["childProfiles"][8]["name"] = "Bas"
    second["childProfiles"].pop()
    second["goals"]["longTerm"].pop(10)
    second["goals"]["shortTerm"][3] = "Zwemles"
    await accepted(parent, second)
    names = {name for name, _, _ in await children(database, parent)}
    assert len(names) == 49
    assert {"Bo", "Bas"} == {name for name in names if not name.startswith("Kind")}
    assert not {"Kind 8", "Kind 9", "Kind 50"} & names
    titles = {title.rstrip(".") for title, _ in await goals(database, parent)}
    assert len(titles) == 999
    assert {"Lezen", "Zwemles"} == {title for title in titles if not title.startswith("Doel")}
    assert not {"Doel 42", "Doel 21", "Doel 8"} & titles


async def test_a_family_beyond_the_limits_keeps_what_no_revision_has_room_for(
    accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    async with without_triggers(database):
        await database.execute(
            "insert into child_profiles (parent_profile_id, name, age)"
            " select $1, 'Kind ' || n, 4 from generate_series(1, 250) as n",
            parent.parent_profile_id,
        )
    document = await reading(parent)
    assert len(document["revision"]) <= 4096
    await accepted(parent, document | {"childProfiles": document["childProfiles"][:249]})
    assert len(await children(database, parent)) == 250


async def test_a_family_has_twenty_merge_bases_which_end(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    former = [f"{number:032}" for number in range(20)]
    await database.execute(
        "insert into onboarding_merge_bases (parent_profile_id, reading, revision, saved_at)"
        " select $1, reading, '', now() - number * interval '1 minute'"
        " from unnest($2::text[]) with ordinality as former (reading, number) order by number desc",
        parent.parent_profile_id,
        former,
    )

    async def kept() -> set[str]:
        found = await database.fetch(
            "select reading from onboarding_merge_bases where parent_profile_id = $1", parent.parent_profile_id
        )
        return {row["reading"] for row in found}

    document = await reading(parent)
    await accepted(parent, document)
    own = document["revision"].split(".")[0]
    assert await kept() == {own, *former[:19]}
    # Its own one doesn't count, as it's the newest already.
    await accepted(parent, document)
    assert await kept() == {own, *former[:19]}
    # The oldest one isn't in the way of its own next save.
    await database.execute(
        "update onboarding_merge_bases set saved_at = now() - interval '1 hour'"
        " where parent_profile_id = $1 and reading = $2",
        parent.parent_profile_id,
        own,
    )
    await accepted(parent, document)
    assert await kept() == {own, *former[:19]}
    await database.execute(
        "update onboarding_merge_bases set saved_at = saved_at - interval '8 days' where parent_profile_id = $1",
        parent.parent_profile_id,
    )
    while await database.fetchval(STATEMENTS["remove_old_merge_bases"].text):
        pass
    assert await database.fetchval(MERGE_BASES, parent.parent_profile_id) == 0
