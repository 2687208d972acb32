"""Limits of documents, which refuse_large_document refuses without a word of what is in them."""

import json
from typing import Final

import asyncpg
import pytest

from api.database.aliases import Connection
from tests.schema.families import new_account, new_child, new_family, refused
from tests.statements import taken_back, without_triggers

# The largest that child_profiles_refuse_large_routines and parent_profiles_onboarding_data_limit_insert let through.
MOST: Final = 131072
LIMIT: Final = "child_profiles_routines_limit"
ADD_CHILD: Final = "insert into child_profiles (parent_profile_id, name, age, routines) values ($1, 'Sam', $2, $3)"
ADD_PROFILE: Final = "insert into parent_profiles (user_id, name, onboarding_data) values ($1, $2, $3)"
ROUTINES: Final = "update child_profiles set routines = $2 where id = $1"
DOCUMENT: Final = "update parent_profiles set onboarding_data = $2 where id = $1"


def sized(size: int, values: int = 1, letter: str = "x") -> str:
    """A document of so many bytes, with so many values in all."""
    text = json.dumps({"a": "", "b": [0] * (values - 2)} if values > 1 else {"a": ""})
    return text.replace('""', f'"{letter * (size - len(text))}"')


def nested(levels: int) -> str:
    return '{"a": ' * levels + "1" + "}" * levels


def check_said(error: asyncpg.PostgresError, table: str, column: str) -> None:
    said = error.as_dict()
    assert (str(error), said["table_name"], said["column_name"]) == (f"{column} is too large", table, column)
    # PostgreSQL's own errors quote the whole row there.
    assert said.get("detail") is None


async def test_count_values(database: Connection) -> None:
    counts = {"{}": 0, "1": 0, '{"a": 1}': 1, '{"a": [1, {"b": null}], "c": "x"}': 5, "[]": 0, "[[]]": 1}
    for document, count in counts.items():
        assert await database.fetchval("select count_values($1)", document) == count, document


async def test_is_large_routine(database: Connection) -> None:
    cases = {
        sized(32768): False,
        sized(32769): True,
        sized(32769, 500): True,
        sized(6000, 1000): False,
        sized(6000, 1001): True,
        nested(10): False,
        nested(11): True,
    }
    for document, is_large in cases.items():
        assert await database.fetchval("select is_large_routine($1)", document) is is_large, document[:40]


async def test_child_profiles_refuse_large_routines(database: Connection) -> None:
    """What is over the check's limit has the check's name; below it child_profiles_routines_limit_insert refuses."""
    async with taken_back(database):
        family = await new_family(database)
        child = await new_child(database, family)
        for size, constraint in ((MOST, LIMIT), (MOST + 1, "child_profiles_routines_check")):
            added = await refused(database, constraint, ADD_CHILD, family, 4, sized(size))
            check_said(added, "child_profiles", "routines")
            changed = await refused(database, constraint, ROUTINES, child, sized(size))
            check_said(changed, "child_profiles", "routines")


async def test_child_profiles_routines_limit_insert(database: Connection) -> None:
    async with taken_back(database):
        family = await new_family(database)
        for document in (sized(32769), sized(6000, 1001), nested(11)):
            error = await refused(database, LIMIT, ADD_CHILD, family, 4, document)
            check_said(error, "child_profiles", "routines")
        # Checks of the row are looked at first.
        await refused(database, "child_profiles_age_check", ADD_CHILD, family, 19, sized(32769))
        assert await database.execute(ADD_CHILD, family, 4, sized(32768)) == "INSERT 0 1"


async def test_child_profiles_routines_limit_update(database: Connection) -> None:
    """Routines that became large before there was a limit may change, but not grow, in bytes or in values."""
    async with taken_back(database):
        family = await new_family(database)
        child = await new_child(database, family)
        error = await refused(database, LIMIT, ROUTINES, child, sized(32769))
        check_said(error, "child_profiles", "routines")
        await database.execute(ROUTINES, child, sized(32768))
        async with without_triggers(database):
            await database.execute(ROUTINES, child, sized(40000, 50))
        await database.execute("update child_profiles set age = 5 where id = $1", child)
        await refused(database, LIMIT, ROUTINES, child, sized(40001, 50))
        await refused(database, LIMIT, ROUTINES, child, sized(40001, 49))
        await refused(database, LIMIT, ROUTINES, child, sized(39999, 51))
        for document in (sized(40000, 50, "y"), sized(40000, 49), sized(39999, 49), sized(100)):
            await database.execute(ROUTINES, child, document)
            assert await database.fetchval("select routines = $2 from child_profiles where id = $1", child, document)


async def test_parent_profiles_onboarding_data_limit_insert(database: Connection) -> None:
    async with taken_back(database):
        account = await new_account(database)
        constraint = "parent_profiles_onboarding_data_limit"
        error = await refused(database, constraint, ADD_PROFILE, account, "Noor", sized(MOST + 1))
        check_said(error, "parent_profiles", "onboarding_data")
        # Checks of the row are looked at first.
        await refused(database, "parent_profiles_name_check", ADD_PROFILE, account, " ", sized(MOST + 1))
        assert await database.execute(ADD_PROFILE, account, "Noor", sized(MOST)) == "INSERT 0 1"


async def test_parent_profiles_onboarding_data_limit_update(database: Connection) -> None:
    """Documents that became large before there was a limit may change, but not grow."""
    async with taken_back(database):
        profile = await new_family(database)
        constraint = "parent_profiles_onboarding_data_limit"
        error = await refused(database, constraint, DOCUMENT, profile, sized(MOST + 1))
        check_said(error, "parent_profiles", "onboarding_data")
        assert await database.execute(DOCUMENT, profile, sized(MOST)) == "UPDATE 1"
        async with without_triggers(database):
            await database.execute(DOCUMENT, profile, sized(140000))
        await refused(database, constraint, DOCUMENT, profile, sized(140001))
        for document in (sized(140000, letter="y"), sized(139999), sized(100)):
            await database.execute(DOCUMENT, profile, document)
            stored = "select onboarding_data = $2 from parent_profiles where id = $1"
            assert await database.fetchval(stored, profile, document)


@pytest.mark.parametrize(
    ("table", "column", "size"),
    [("child_profiles", "routines", 32769), ("parent_profiles", "onboarding_data", MOST + 1)],
)
async def test_a_change_that_is_not_made_is_not_refused(
    database: Connection, table: str, column: str, size: int
) -> None:
    """A row whose updated_at is set to infinity is left as it is, and so is looked at as it is."""
    async with taken_back(database):
        row = await new_family(database)
        if table == "child_profiles":
            row = await new_child(database, row)
        change = f"update {table} set {column} = $2, updated_at = 'infinity' where id = $1"
        assert await database.execute(change, row, sized(size)) == "UPDATE 1"
        assert await database.fetchval(f"select {column} <> $2 from {table} where id = $1", row, sized(size))
