"""A completed onboarding keeps no copies of answers, and no answers without rows are lost.

The trigger parent_profiles_forget_onboarding_copies strips documents and notes which have answers without rows;
parent_profiles_onboarding_rows looks at those again when the transaction ends.
"""

import json
from collections.abc import AsyncIterator
from typing import Any, Final

import asyncpg
import pytest

from api.database.aliases import Connection
from tests.schema.families import new_account, new_child, new_family, refused
from tests.statements import taken_back, without_triggers

SAM: Final = {"childProfiles": [{"name": "SAM", "age": 4}]}
ROBIN: Final = {"childProfiles": [{"name": "Robin", "age": 2}]}
CONSTRAINT: Final = "parent_profiles_onboarding_rows"
END: Final = f"set constraints {CONSTRAINT} immediate"
STRIPPED: Final = "select current_setting('nestwerk.stripped')"


@pytest.fixture
async def fresh(dsn: str) -> AsyncIterator[Connection]:
    """A transaction of a connection that has noted nothing yet; it is rolled back."""
    connection = await asyncpg.connect(dsn)
    try:
        async with taken_back(connection):
            yield connection
    finally:
        await connection.close()


async def completed(database: Connection, document: object) -> int:
    """A profile that is inserted with a completed onboarding."""
    profile_id: int = await database.fetchval(
        "insert into parent_profiles (user_id, name, completed_onboarding, onboarding_data)"
        " values ($1, 'Noor', true, $2) returning id",
        await new_account(database),
        json.dumps(document),
    )
    return profile_id


def said(error: asyncpg.PostgresError) -> dict[str, Any]:
    found = error.as_dict()
    return {each: found.get(each) for each in ("message", "hint", "table_name", "column_name")}


LOST: Final = {
    "message": "a completed onboarding would lose children or goals that have no rows",
    "hint": "Add rows to child_profiles and parenting_goals in the same transaction; `just adopt` does so.",
    "table_name": "parent_profiles",
    "column_name": "onboarding_data",
}
TOO_MANY: Final = {
    "message": "over 100 completed onboardings have children or goals that have no rows yet",
    "hint": "Add rows to child_profiles and parenting_goals first; `just adopt` does so.",
    "table_name": "parent_profiles",
    "column_name": "onboarding_data",
}


async def test_has_answers_without_rows(database: Connection) -> None:
    async with taken_back(database):
        family, other = await new_family(database), await new_family(database)
        for parent, name in ((family, "walk"), (other, "Sleep")):
            await database.execute(
                "insert into parenting_goals (parent_profile_id, title) values ($1, $2)", parent, name
            )
        await new_child(database, other)
        cases: list[tuple[object, bool]] = [
            ({}, False),
            ({"childProfiles": [], "goals": {"shortTerm": [], "longTerm": []}}, False),
            # What has no content needs no row.
            ({"childProfiles": [None, {}], "goals": {"shortTerm": ["", " \t"], "longTerm": [" "]}}, False),
            ({"goals": {"shortTerm": ["WALK"], "longTerm": ["Walk"]}}, False),
            ({"goals": {"shortTerm": ["walk", "run"]}}, True),
            ({"goals": {"longTerm": ["run"]}}, True),
            # Another family's rows don't count.
            ({"goals": {"shortTerm": ["sleep"]}}, True),
            (SAM, True),
        ]
        for document, is_without in cases:
            found = await database.fetchval("select has_answers_without_rows($1, $2)", family, json.dumps(document))
            assert found is is_without, document
        await new_child(database, family)
        assert not await database.fetchval("select has_answers_without_rows($1, $2)", family, json.dumps(SAM))
        assert await database.fetchval("select has_answers_without_rows($1, $2)", family, json.dumps(ROBIN))


async def test_forget_onboarding_copies(fresh: Connection) -> None:
    """Documents are stripped, and those without rows noted, one after another."""
    goals = {"goals": {"supportAreas": ["sleep"], "shortTerm": ["walk"]}}
    first = await completed(fresh, SAM)
    second = await completed(fresh, goals)
    noted = [{"family": first, "document": SAM}, {"family": second, "document": goals}]
    assert json.loads(await fresh.fetchval(STRIPPED)) == noted
    kept = await fresh.fetch(
        "select onboarding_data from parent_profiles where id in ($1, $2) order by id", first, second
    )
    assert [json.loads(row[0]) for row in kept] == [
        {"basicInfo": {}, "goals": {}},
        {"basicInfo": {}, "goals": {"supportAreas": ["sleep"]}},
    ]


async def test_a_document_is_stripped_when_it_changes(fresh: Connection) -> None:
    """One that was completed before there was a trigger stays until then."""
    profile = await new_family(fresh)
    async with without_triggers(fresh):
        change = "update parent_profiles set onboarding_data = $2, completed_onboarding = true where id = $1"
        await fresh.execute(change, profile, json.dumps(SAM))
    await fresh.execute("update parent_profiles set bio = 'x' where id = $1", profile)
    kept = "select onboarding_data from parent_profiles where id = $1"
    assert json.loads(await fresh.fetchval(kept, profile)) == SAM
    await fresh.execute("update parent_profiles set onboarding_data = onboarding_data where id = $1", profile)
    assert json.loads(await fresh.fetchval(kept, profile)) == {"basicInfo": {}, "goals": {}}


async def test_nothing_is_noted_without_need(fresh: Connection) -> None:
    profile = await new_family(fresh)
    await new_child(fresh, profile)
    change = "update parent_profiles set onboarding_data = $2, completed_onboarding = {} where id = $1"
    # An onboarding that goes on keeps its answers.
    await fresh.execute(change.format("false"), profile, json.dumps(ROBIN))
    kept = await fresh.fetchval("select onboarding_data from parent_profiles where id = $1", profile)
    assert json.loads(kept) == ROBIN
    await fresh.execute(change.format("true"), profile, json.dumps(SAM))
    assert not await fresh.fetchval("select current_setting('nestwerk.stripped', true)")
    await fresh.execute(END)


@pytest.mark.parametrize(("noted", "is_refused"), [(99, False), (100, True)])
async def test_a_hundred_are_noted_at_most(fresh: Connection, noted: int, is_refused: bool) -> None:
    notes = json.dumps([{"family": -1, "document": {}}] * noted)
    await fresh.fetchval("select set_config('nestwerk.stripped', $1, true)", notes)
    if not is_refused:
        await completed(fresh, SAM)
        assert len(json.loads(await fresh.fetchval(STRIPPED))) == 100
        return
    profile = await new_family(fresh)
    change = "update parent_profiles set onboarding_data = $2, completed_onboarding = true where id = $1"
    error = await refused(fresh, CONSTRAINT, change, profile, json.dumps(SAM))
    assert said(error) == TOO_MANY


async def test_refuse_lost_answers_of_a_new_profile(fresh: Connection) -> None:
    """The trigger parent_profiles_onboarding_rows has refuse_lost_answers look when the transaction ends."""
    profile = await completed(fresh, SAM)
    error = await refused(fresh, CONSTRAINT, END)
    assert said(error) == LOST
    # Rows may come later in the transaction.
    await new_child(fresh, profile)
    await fresh.execute(END)


@pytest.mark.parametrize("is_complete", [False, True])
async def test_refuse_lost_answers_of_a_changed_profile(fresh: Connection, is_complete: bool) -> None:
    """The trigger parent_profiles_onboarding_rows has refuse_lost_answers look at either change."""
    profile = await new_family(fresh)
    change = "update parent_profiles set completed_onboarding = true where id = $1"
    document = "update parent_profiles set onboarding_data = $2 where id = $1"
    if is_complete:
        await fresh.execute(change, profile)
        # What is looked at here isn't looked at again.
        await fresh.execute(END)
        await fresh.execute("set constraints all deferred")
    await fresh.execute(document, profile, json.dumps(SAM))
    if not is_complete:
        await fresh.execute(change, profile)
    error = await refused(fresh, CONSTRAINT, END)
    assert said(error) == LOST


async def test_answers_of_a_removed_profile_are_not_lost(fresh: Connection) -> None:
    """By refuse_lost_answers neither that profile is refused, nor another that has nothing to lose."""
    removed = await completed(fresh, SAM)
    await completed(fresh, {})
    await fresh.execute("delete from parent_profiles where id = $1", removed)
    await fresh.execute(END)


@pytest.mark.parametrize("change", ["name = 'Other'", "completed_onboarding = false"])
async def test_other_changes_are_not_looked_at(fresh: Connection, change: str) -> None:
    """By parent_profiles_onboarding_rows a child may be removed in the transaction in which its row was seen."""
    profile = await completed(fresh, SAM)
    child = await new_child(fresh, profile)
    await fresh.execute(END)
    await fresh.execute("set constraints all deferred")
    await fresh.execute("delete from child_profiles where id = $1", child)
    await fresh.execute(f"update parent_profiles set {change} where id = $1", profile)
    await fresh.execute(END)
