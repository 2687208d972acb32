"""The profile page: editing the document without a revision adds and updates rows, and removes none."""

import asyncio
from typing import Any

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.onboarding.documents import (
    BASIC_INFO,
    CHILDREN,
    DOCUMENT,
    children,
    complete,
    completed,
    goals,
    progress,
    rows,
    save,
)
from tests.statements import without_triggers


async def add_children(database: Connection, parent: Parent, *named: tuple[str, int]) -> None:
    await database.executemany(
        "insert into child_profiles (parent_profile_id, name, age, special_needs) values ($1, $2, $3, '{oud}')",
        [(parent.parent_profile_id, name, age) for name, age in named],
    )


async def add_goals(database: Connection, parent: Parent, *titled: tuple[str, str]) -> None:
    await database.executemany(
        "insert into parenting_goals (parent_profile_id, title, category) values ($1, $2, $3)",
        [(parent.parent_profile_id, title, category) for title, category in titled],
    )


async def test_columns_are_updated(accounts: Accounts) -> None:
    parent = await completed(accounts)
    bio, email = {"bio": "Leest graag"}, {"email": "noor@example.org"}
    assert (await parent.client.patch("/api/parent-profile", json=bio)).status_code == 200
    answer = await save(
        parent,
        {
            "basicInfo": {"name": "Noortje", "parentType": "other"} | email,
            "stressAssessment": {"stressLevel": "low"},
            "goals": {"supportAreas": [], "communicationPreference": "telefoon"},
        },
    )
    profile = answer.json()["profile"]
    assert profile["completedOnboarding"] is True
    assert profile.items() >= (bio | email).items()
    assert (profile["name"], profile["stressLevel"], profile["communicationPreference"]) == (
        "Noortje",
        "low",
        "telefoon",
    )
    document = (await progress(parent))["onboardingData"]
    assert document["basicInfo"] == BASIC_INFO | {"name": "Noortje", "parentType": "other"} | email
    assert document["goals"] == DOCUMENT["goals"] | {"supportAreas": [], "communicationPreference": "telefoon"}


async def test_new_rows_are_added_known_ones_updated_none_removed(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    await save(
        parent,
        {
            "childProfiles": [{"name": "ZOË", "age": 1, "specialNeeds": []}, {"name": "Bo", "age": 9}],
            "goals": {"longTerm": ["SAMEN ETEN", "Zwemles"]},
        },
    )
    assert await children(database, parent) == [("Bram", 4, []), ("Zoë", 1, []), ("Bo", 9, [])]
    assert await goals(database, parent) == [
        ("Samen eten", "long_term"),
        ("Meer rust", "long_term"),
        ("Minder schermen", "long_term"),
        ("Zwemles", "long_term"),
    ]


async def test_changes_of_children_and_goals_call_for_a_look_at_suggestions(
    accounts: Accounts, database: Connection
) -> None:
    parent = await completed(accounts)
    changes: dict[str, Any]
    for changes, was, becomes in (
        ({"childProfiles": [CHILDREN[0] | {"age": 5}]}, False, True),
        ({"goals": {"shortTerm": ["Zwemles"]}}, False, True),
        ({}, False, False),
        ({}, True, True),
    ):
        await database.execute(
            "update parent_profiles set changed_since_check = $2 where id = $1", parent.parent_profile_id, was
        )
        await save(parent, changes)
        assert (await rows(database, parent)).profiles[0]["changed_since_check"] is becomes


@pytest.mark.parametrize("lists", [{"childProfiles": []}, {"goals": {"shortTerm": [], "longTerm": []}}, {}])
async def test_empty_lists_remove_nothing(lists: dict[str, Any], accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    before = await rows(database, parent)
    await save(parent, lists)
    after = await rows(database, parent)
    assert (after.children, after.goals) == (before.children, before.goals)


async def test_absent_special_needs_stay(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    await save(parent, {"childProfiles": [{"name": "zoë", "age": 2}]})
    assert await children(database, parent) == [("Bram", 4, []), ("Zoë", 2, ["koemelk"])]


async def test_letter_case_and_unicode_form_do_not_distinguish_children(
    accounts: Accounts, database: Connection
) -> None:
    parent = await completed(accounts, DOCUMENT | {"childProfiles": [{"name": "Zoë", "age": 0}]})
    decomposed = "ZOE\N{COMBINING DIAERESIS}"
    await save(parent, {"childProfiles": [{"name": decomposed, "age": 7, "specialNeeds": ["bril"]}]})
    assert await children(database, parent) == [("Zoë", 7, ["bril"])]


async def test_a_name_given_twice_is_one_child(accounts: Accounts, database: Connection) -> None:
    parent = await completed(
        accounts,
        DOCUMENT
        | {
            "childProfiles": [{"name": "Emma", "age": 3, "specialNeeds": ["bril"]}, {"name": "EMMA", "age": 4}],
            "goals": {"shortTerm": ["Rust", "RUST"], "longTerm": ["rust"]},
        },
    )
    assert await children(database, parent) == [("Emma", 4, ["bril"])]
    # The same title as a short-term and as a long-term goal is two goals.
    assert await goals(database, parent) == [("Rust", "short_term"), ("rust", "long_term")]
    await save(parent, {"childProfiles": [{"name": "emma", "age": 5}, {"name": "Emma", "age": 6}]})
    assert await children(database, parent) == [("Emma", 6, ["bril"])]


async def test_new_rows_are_in_the_order_of_the_document(accounts: Accounts, database: Connection) -> None:
    names = ["Wim", "Aad", "Teun", "Bo", "Sam"]
    parent = await completed(
        accounts,
        DOCUMENT
        | {
            "childProfiles": [{"name": name, "age": 1} for name in names],
            "goals": {"longTerm": names[3:], "shortTerm": names[:3]},
        },
    )
    assert [name for name, _, _ in await children(database, parent)] == names
    assert [title for title, _ in await goals(database, parent)] == names


async def test_namesakes_keep_their_own_rows(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts, DOCUMENT | {"childProfiles": []})
    await add_children(database, parent, ("Emma", 3), ("Bo", 5), ("emma", 8))
    await save(parent, {"childProfiles": [{"name": "EMMA", "age": 4}, {"name": "emma", "age": 9}]})
    assert await children(database, parent) == [("Emma", 4, ["oud"]), ("Bo", 5, ["oud"]), ("emma", 9, ["oud"])]
    # A further one updates the last namesake again.
    await save(parent, {"childProfiles": [{"name": "Emma", "age": age} for age in (5, 10, 11)]})
    assert await children(database, parent) == [("Emma", 5, ["oud"]), ("Bo", 5, ["oud"]), ("emma", 11, ["oud"])]


async def test_goals_of_one_title_keep_their_own_rows(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts, DOCUMENT | {"goals": {}})
    await add_goals(
        database, parent, ("Rust", "general"), ("rust", "long_term"), ("Eten", "short_term"), ("RUST", "short_term")
    )
    await save(parent, {"goals": {"shortTerm": ["Rust", "eten"], "longTerm": ["Rust", "Rust"]}})
    assert await goals(database, parent) == [
        ("Rust", "long_term"),
        ("rust", "long_term"),
        ("Eten", "short_term"),
        ("RUST", "short_term"),
    ]


async def test_goals_of_one_title_are_moved_in_order(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts, DOCUMENT | {"goals": {}})
    await add_goals(database, parent, ("Rust", "general"), ("rust", "general"), ("RUST", "general"))
    await save(parent, {"goals": {"shortTerm": ["Rust"], "longTerm": ["Rust"]}})
    assert await goals(database, parent) == [("Rust", "short_term"), ("rust", "long_term"), ("RUST", "general")]


async def test_other_columns_of_a_goal_are_kept(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    await database.execute(
        "update parenting_goals set status = 'achieved', achieved_date = now(), priority = 7, description = 'Elke dag'"
        " where parent_profile_id = $1 and title = 'Samen eten'",
        parent.parent_profile_id,
    )
    await save(parent, {"goals": {"longTerm": ["samen eten"]}})
    goal = (await rows(database, parent)).goals[0]
    assert (goal["category"], goal["status"], goal["priority"]) == ("long_term", "achieved", 7)
    assert goal["description"] == "Elke dag"
    assert goal["achieved_date"] is not None


async def test_saving_the_document_that_was_read_changes_no_row(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    await add_children(database, parent, ("bram", 11), ("Zoë", 12), ("BRAM", 13))
    await add_goals(
        database, parent, ("Meer rust", "short_term"), ("samen eten", "general"), ("Meer Rust", "long_term")
    )
    before = await rows(database, parent)
    document = (await progress(parent))["onboardingData"]
    assert (await save(parent, document)).status_code == 200
    after = await rows(database, parent)
    assert (after.children, after.goals) == (before.children, before.goals)
    assert (await progress(parent))["onboardingData"] == document


async def test_a_large_family_can_save_what_it_reads(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    await add_goals(database, parent, *((f"Doel {number}", "short_term") for number in range(400)))
    document = (await progress(parent))["onboardingData"]
    assert (await save(parent, document)).status_code == 200
    assert (await progress(parent))["onboardingData"] == document


async def test_an_edit_and_completions_at_once(accounts: Accounts, database: Connection) -> None:
    for _ in range(5):
        parent = await accounts.parent(profile=False)
        edit = {"childProfiles": [{"name": "BRAM", "age": 5}, {"name": "Bo", "age": 2}]}
        answers = await asyncio.gather(complete(parent), save(parent, edit), complete(parent), save(parent, edit))
        assert [answer.status_code for answer in answers] == [200] * 4
        [profile], _, _ = await rows(database, parent)
        assert profile["completed_onboarding"]
        names = [name.casefold() for name, _, _ in await children(database, parent)]
        assert sorted(names) in (["bo", "bram", "zoë"], ["bram", "zoë"])
        assert len(await goals(database, parent)) == 3


async def test_edits_at_once_add_nothing_twice_and_lose_nothing(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts, DOCUMENT | {"childProfiles": [], "goals": {}})
    edits = [{"childProfiles": [{"name": name, "age": 1}, {"name": "Bo", "age": 2}]} for name in "ABCDEFGH"]
    answers = await asyncio.gather(*(save(parent, edit) for edit in edits))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert sorted(name for name, _, _ in await children(database, parent)) == sorted(["Bo", *"ABCDEFGH"])


async def test_other_families_are_not_changed(accounts: Accounts, database: Connection) -> None:
    parent, other = await completed(accounts), await completed(accounts)
    before = await rows(database, other)
    await save(parent, {"childProfiles": [{"name": "Bram", "age": 18}], "goals": {"shortTerm": ["Meer rust"]}})
    assert await rows(database, other) == before


async def test_a_document_with_many_rows_can_be_saved_again(accounts: Accounts, database: Connection) -> None:
    parent = await completed(accounts)
    # More children than a family may add, as one of the previous system may have.
    async with without_triggers(database):
        await add_children(database, parent, *((f"Kind {number}", 3) for number in range(120)))
    await add_goals(database, parent, *((f"Doel {number}", "long_term") for number in range(120)))
    before = await progress(parent)
    assert len(before["onboardingData"]["childProfiles"]) > 120
    assert (await save(parent, before["onboardingData"])).status_code == 200
    assert (await progress(parent))["onboardingData"] == before["onboardingData"]
    assert len(await children(database, parent)) == len(before["onboardingData"]["childProfiles"])
