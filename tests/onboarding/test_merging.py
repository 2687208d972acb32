"""A save is a three-way merge of what a tab was given, what is stored and what the tab posts."""

import asyncio
import json
from copy import deepcopy
from typing import Any

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.onboarding.documents import (
    BASIC_INFO,
    CHILDREN,
    DOCUMENT,
    GOALS,
    accepted,
    children,
    complete,
    completed,
    goals,
    progress,
    reading,
    rows,
    save,
    started,
)
from tests.statements import run, taken_back, without_triggers


async def test_a_first_onboarding_from_one_reading(accounts: Accounts, database: Connection) -> None:
    """The client reads once, before there's a profile, and saves step by step: what it takes back is taken back."""
    parent = await accounts.parent(profile=False)
    document = await reading(parent)
    assert document.keys() == {"childProfiles", "revision"}
    assert (await rows(database, parent)).profiles == []
    document["basicInfo"] = BASIC_INFO | {"email": ""}
    await accepted(parent, document, 0)
    document["childProfiles"] = [{"name": "Bram", "age": 4, "specialNeeds": []}, {"name": "Zoe", "age": 1}]
    document["goals"] = {"shortTerm": ["Eten", "Rust"], "longTerm": [], "supportAreas": []}
    await accepted(parent, document, 2)
    document["childProfiles"][1]["name"] = "Zoë"
    document["childProfiles"].pop(0)
    document["goals"]["shortTerm"] = ["Samen eten"]
    await accepted(parent, document, 3)
    document |= {"stressAssessment": DOCUMENT["stressAssessment"]}
    assert (await complete(parent, document)).status_code == 200
    assert await children(database, parent) == [("Zoë", 1, [])]
    assert await goals(database, parent) == [("Samen eten", "short_term")]
    # The same again, as after an answer that got lost.
    assert (await complete(parent, document)).status_code == 200
    assert len(await children(database, parent)) == len(await goals(database, parent)) == 1


@pytest.mark.parametrize("make", [started, completed])
async def test_what_is_posted_as_it_was_given_is_left_to_other_tabs(make: Any, accounts: Accounts) -> None:
    parent = await make(accounts)
    document, other = await reading(parent), await reading(parent)
    other["basicInfo"]["name"] = "Anders"
    other["stressAssessment"]["primaryConcerns"] = ["eten"]
    other["childProfiles"][0]["age"] = 5
    other["childProfiles"].append({"name": "Bo", "age": 2, "specialNeeds": []})
    other["goals"]["shortTerm"] = ["Zwemles"]
    del other["goals"]["communicationPreference"]
    await accepted(parent, other)
    document["basicInfo"]["parentType"] = "dad"
    document["childProfiles"][0]["specialNeeds"] = ["bril"]
    document["goals"]["longTerm"].append("Lezen")
    for _ in range(2):
        await accepted(parent, document)
        found = (await progress(parent))["onboardingData"]
        assert found["basicInfo"] == BASIC_INFO | {"name": "Anders", "parentType": "dad"}
        assert found["stressAssessment"]["primaryConcerns"] == ["eten"]
        assert sorted(found["childProfiles"], key=lambda child: str(child["name"])) == [
            {"name": "Bo", "age": 2, "specialNeeds": []},
            CHILDREN[0] | {"age": 5, "specialNeeds": ["bril"]},
            CHILDREN[1],
        ]
        assert found["goals"] == {
            "shortTerm": ["Zwemles"],
            "longTerm": [*GOALS["longTerm"], "Lezen"],
            "supportAreas": ["slapen"],
        }


@pytest.mark.parametrize("make", [started, completed])
async def test_a_step_without_goals_says_nothing_of_how_parents_want_to_be_reached(
    make: Any, accounts: Accounts
) -> None:
    parent = await make(accounts)
    document, other = await reading(parent), await reading(parent)
    await accepted(parent, {name: part for name, part in document.items() if name != "goals"})
    other["goals"]["communicationPreference"] = "telefoon"
    await accepted(parent, other)
    # It posts this as it was given.
    await accepted(parent, document)
    found = (await progress(parent))["onboardingData"]
    assert found["goals"]["communicationPreference"] == "telefoon"


@pytest.mark.parametrize("make", [started, completed])
async def test_later_saves_win_field_by_field(make: Any, accounts: Accounts) -> None:
    parent = await make(accounts)
    first, second = await reading(parent), await reading(parent)
    first["childProfiles"][0] |= {"age": 5, "specialNeeds": ["bril"]}
    second["childProfiles"][0] |= {"age": 6}
    await accepted(parent, first)
    await accepted(parent, second)
    # Its own change of before is none any more.
    await accepted(parent, first)
    assert (await progress(parent))["onboardingData"]["childProfiles"][0] == {
        "name": "Bram", "age": 6, "specialNeeds": ["bril"],
    }  # fmt: skip


@pytest.mark.parametrize("make", [started, completed])
async def test_a_child_is_removed_unless_another_tab_changed_it_since(make: Any, accounts: Accounts) -> None:
    parent = await make(accounts)
    document, other = await reading(parent), await reading(parent)
    other["childProfiles"][0]["age"] = 5
    await accepted(parent, other)
    await accepted(parent, document | {"childProfiles": []})
    assert [child["name"] for child in (await progress(parent))["onboardingData"]["childProfiles"]] == ["Bram"]
    # Not given any more to the tab that removed it, nor in its way.
    await accepted(parent, document | {"childProfiles": []})
    await accepted(parent, other | {"childProfiles": other["childProfiles"][1:]})
    assert (await progress(parent))["onboardingData"]["childProfiles"] == []


async def test_a_child_keeps_its_row_under_a_new_name(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    await database.execute(
        """update child_profiles set routines = '{"bed": 7}' where name = 'Bram'
                              and parent_profile_id = $1""",
        parent.parent_profile_id,
    )
    first, second = await reading(parent), await reading(parent)
    before = (await rows(database, parent)).children
    first["childProfiles"][0]["name"] = "Bas"
    # The name that the other tab gives another child is another child's.
    second["childProfiles"][1]["name"] = "Bas"
    second["childProfiles"].append({"name": "Bas", "age": 9, "specialNeeds": []})
    await accepted(parent, first)
    await accepted(parent, second)
    after = (await rows(database, parent)).children
    assert [(child["id"], child["name"], child["age"]) for child in after[:2]] == [
        (before[0]["id"], "Bas", 4),
        (before[1]["id"], "Bas", 0),
    ]
    assert [(child["name"], child["age"]) for child in after[2:]] == [("Bas", 9)]
    assert after[0]["routines"] == before[0]["routines"]


async def test_a_child_that_was_added_is_known_in_the_saves_that_follow(
    accounts: Accounts, database: Connection
) -> None:
    parent = await completed(accounts)
    document = await reading(parent)
    document["childProfiles"].append({"name": "Bo", "age": 2, "specialNeeds": []})
    await accepted(parent, document)
    await accepted(parent, document)
    assert [name for name, _, _ in await children(database, parent)] == ["Bram", "Zoë", "Bo"]
    # Another tab gives it a new name; this one a new age.
    other = await reading(parent)
    other["childProfiles"][2]["name"] = "Bob"
    await accepted(parent, other)
    document["childProfiles"][2]["age"] = 3
    await accepted(parent, document)
    assert await children(database, parent) == [("Bram", 4, []), ("Zoë", 0, ["koemelk"]), ("Bob", 3, [])]
    # Renamed here, where it has no id yet.
    document["childProfiles"][0]["name"] = "Bas"
    document["childProfiles"].append({"name": "Tim", "age": 1, "specialNeeds": []})
    await accepted(parent, document)
    document["childProfiles"][3]["name"] = "Tom"
    await accepted(parent, document)
    assert [name for name, _, _ in await children(database, parent)] == ["Bas", "Zoë", "Bob", "Tom"]
    document["childProfiles"].pop()
    await accepted(parent, document)
    assert [name for name, _, _ in await children(database, parent)] == ["Bas", "Zoë", "Bob"]
    # Of several that were added at once each is known.
    document["childProfiles"] += [{"name": "Tim", "age": 1, "specialNeeds": []}, {"name": "Jo", "age": 9}]
    await accepted(parent, document)
    other = await reading(parent)
    other["childProfiles"][3]["name"] = "Tam"
    await accepted(parent, other)
    document["childProfiles"][3]["age"] = 2
    await accepted(parent, document)
    assert (await children(database, parent))[3:] == [("Tam", 2, []), ("Jo", 9, [])]


async def test_a_child_that_was_added_keeps_its_row_under_a_new_name(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    document = await reading(parent)
    document["childProfiles"].append({"name": "Bo", "age": 2, "specialNeeds": []})
    await accepted(parent, document)
    before = (await rows(database, parent)).children[2]
    document["childProfiles"][2]["name"] = "Bob"
    await accepted(parent, document)
    after = (await rows(database, parent)).children[2]
    assert (after["id"], after["name"]) == (before["id"], "Bob")
    # One that had an id is not another one of that age.
    document["childProfiles"][0] = {"name": "Bas", "age": 4, "specialNeeds": []}
    await accepted(parent, document)
    assert [name for name, _, _ in await children(database, parent)] == ["Zoë", "Bob", "Bas"]


async def test_rows_that_changed_since_are_not_removed(accounts: Accounts, database: Connection) -> None:
    """Nor if what changed is in no document; the next removal means it."""
    parent = await completed(accounts)
    document = await reading(parent)
    found = await rows(database, parent)
    for path, change in (
        (f"/api/child-profiles/{found.children[0]['id']}", {"developmentNotes": "Loopt"}),
        (f"/api/parenting-goals/{found.goals[0]['id']}", {"status": "achieved"}),
    ):
        assert (await parent.client.patch(path, json=change)).status_code == 200
    document |= {"childProfiles": [], "goals": GOALS | {"shortTerm": [], "longTerm": []}}
    await accepted(parent, document)
    assert [name for name, _, _ in await children(database, parent)] == ["Bram"]
    assert await goals(database, parent) == [("Samen eten", "short_term")]
    await accepted(parent, await reading(parent) | {"childProfiles": [], "goals": GOALS | {"shortTerm": []}})
    assert await children(database, parent) == []
    assert ("Samen eten", "short_term") not in await goals(database, parent)


@pytest.mark.parametrize(("microseconds", "stays"), [(500, False), (1000, False), (1500, True)])
async def test_what_changed_in_the_millisecond_of_the_reading_was_read(
    accounts: Accounts, database: Connection, *, microseconds: int, stays: bool
) -> None:
    parent = await completed(accounts)
    document = await reading(parent)
    async with without_triggers(database):
        for table in ("child_profiles", "parenting_goals"):
            await database.execute(
                f"update {table} set created_at = now() - interval '1 hour',"
                " updated_at = uuid_extract_timestamp($2::text::uuid) + $3 * interval '1 microsecond'"
                " where parent_profile_id = $1",
                parent.parent_profile_id,
                document["revision"].split(".")[0],
                microseconds,
            )
    await accepted(parent, document | {"childProfiles": [], "goals": GOALS | {"shortTerm": [], "longTerm": []}})
    assert (len(await children(database, parent)), len(await goals(database, parent))) == ((2, 3) if stays else (0, 0))


async def test_a_reading_from_before_the_completion(accounts: Accounts, database: Connection) -> None:
    parent = await started(accounts)
    first, second = await reading(parent), await reading(parent)
    assert (await complete(parent, first)).status_code == 200
    second["childProfiles"] = [second["childProfiles"][1] | {"age": 1}]
    second["goals"]["longTerm"] = ["Meer rust"]
    await accepted(parent, second, 3)
    assert await children(database, parent) == [("Zoë", 1, ["koemelk"])]
    assert await goals(database, parent) == [("Samen eten", "short_term"), ("Meer rust", "long_term")]
    assert (await progress(parent))["currentOnboardingStep"] == 4
    # And the tab that completed goes on.
    first["childProfiles"][1]["specialNeeds"] = []
    await accepted(parent, first)
    assert await children(database, parent) == [("Zoë", 1, [])]


async def test_namesakes(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent(profile=False)
    document = await reading(parent)
    document |= DOCUMENT | {"childProfiles": [{"name": "Emma", "age": 3}, {"name": "emma", "age": 8}]}
    assert (await complete(parent, document)).status_code == 200
    assert await children(database, parent) == [("Emma", 3, []), ("emma", 8, [])]
    document = await reading(parent)
    document["childProfiles"][1]["age"] = 9
    document["childProfiles"].pop(0)
    await accepted(parent, document)
    assert await children(database, parent) == [("emma", 9, [])]
    # An id that comes twice, or that no row has, is nobody's.
    document["childProfiles"] += [document["childProfiles"][0], {"name": "Bo", "age": 1, "id": 2**53}]
    await accepted(parent, document)
    assert sorted(await children(database, parent)) == [("Bo", 1, []), ("emma", 9, []), ("emma", 9, [])]


async def test_what_a_tab_removed_does_not_return(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    first, second = await reading(parent), await reading(parent)
    await accepted(parent, first | {"childProfiles": first["childProfiles"][:1], "goals": GOALS | {"longTerm": []}})
    second["basicInfo"]["name"] = "Anders"
    for _ in range(2):
        await accepted(parent, second)
        assert [name for name, _, _ in await children(database, parent)] == ["Bram"]
        assert await goals(database, parent) == [("Samen eten", "short_term")]
    # But what another tab changes later is there again.
    second["childProfiles"][1]["age"] = 1
    for _ in range(2):
        await accepted(parent, second)
        assert await children(database, parent) == [("Bram", 4, []), ("Zoë", 1, ["koemelk"])]


async def test_completions_and_saves_at_once_never_fail(accounts: Accounts, database: Connection) -> None:
    for _ in range(3):
        parent = await accounts.parent(profile=False)
        tabs = [await reading(parent) for _ in range(4)]
        for number, tab in enumerate(tabs):
            tab.update(deepcopy(DOCUMENT))
            tab["childProfiles"].append({"name": f"Kind {number}", "age": number, "specialNeeds": []})
            tab["goals"]["shortTerm"].append(f"Doel {number}")
        answers = await asyncio.gather(
            *(complete(parent, tab) if number % 2 else save(parent, tab) for number, tab in enumerate(tabs))
        )
        assert [answer.status_code for answer in answers] == [200] * 4
        assert sorted(name for name, _, _ in await children(database, parent)) == [
            "Bram", "Kind 0", "Kind 1", "Kind 2", "Kind 3", "Zoë",
        ]  # fmt: skip
        assert len(await goals(database, parent)) == 7


async def test_children_are_added_in_the_order_of_the_document_among_others_that_change(
    accounts: Accounts, database: Connection
) -> None:
    parent = await completed(accounts)
    known = await database.fetchval(
        "select min(id) from child_profiles where parent_profile_id = $1", parent.parent_profile_id
    )
    entries = [
        {"id": known if number % 3 else None, "name": f"Kind {number}", "age": 1, "specialNeeds": [],
         "change": "changed" if number % 3 else "added", "posted": [number]}
        for number in range(30)
    ]  # fmt: skip
    async with taken_back(database):
        values = {"parent_profile_id": parent.parent_profile_id, "reading": "none", "children": json.dumps(entries)}
        await run(database, "sync_child_profiles", **values)
        found = await database.fetch(
            "select name from child_profiles where parent_profile_id = $1 and age = 1 and id <> $2 order by id",
            parent.parent_profile_id,
            known,
        )
        added = [f"Kind {number}" for number in range(0, 30, 3)]
        assert [name for (name,) in found if name in added] == added
