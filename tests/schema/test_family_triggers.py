"""What triggers keep of a family: versions of its rows, and how many children and goals it has."""

from typing import Final

import pytest

from api.database.aliases import Connection
from tests.schema.families import new_child, new_family, refused
from tests.statements import taken_back, without_triggers

ADD_CHILDREN: Final = (
    "insert into child_profiles (parent_profile_id, name, age) select $1, 'Sam', 4 from generate_series(1, $2::integer)"
)
ADD_GOALS: Final = (
    "insert into parenting_goals (parent_profile_id, title) select $1, 'walk' from generate_series(1, $2::integer)"
)
EMBEDDED: Final = (
    "update parent_profiles set changed_since_check = false, profile_embedding_model = 'm',"
    " profile_embedding_digest = 'x', profile_embedding = array_fill(1, array[3072])::halfvec where id = $1"
)


async def new_row(database: Connection, table: str) -> int:
    family = await new_family(database)
    if table == "parent_profiles":
        return family
    if table == "child_profiles":
        return await new_child(database, family)
    goal: int = await database.fetchval(
        "insert into parenting_goals (parent_profile_id, title) values ($1, 'walk') returning id", family
    )
    return goal


@pytest.mark.parametrize(
    ("table", "change"),
    [("parent_profiles", "bio = 'x'"), ("child_profiles", "age = 5"), ("parenting_goals", "priority = 1")],
)
async def test_set_updated_at(database: Connection, table: str, change: str) -> None:
    """By parent_profiles_set_updated_at, child_profiles_set_updated_at and parenting_goals_set_updated_at."""
    async with taken_back(database):
        row = await new_row(database, table)
        version = f"select extract(epoch from updated_at - now()) * 1000000 from {table} where id = $1"
        assert await database.fetchval(version, row) == 0
        # Within a transaction each change is a microsecond later than that before.
        for later in (1, 2):
            await database.execute(f"update {table} set {change} where id = $1", row)
            assert await database.fetchval(version, row) == later
        # It can't be set by hand, and a row whose updated_at is set to infinity is left as it is.
        await database.execute(f"update {table} set updated_at = '2020-01-01' where id = $1", row)
        assert await database.fetchval(version, row) == 3
        before = await database.fetchrow(f"select * from {table} where id = $1", row)
        await database.execute(
            f"update {table} set created_at = '2020-01-01', updated_at = 'infinity' where id = $1", row
        )
        assert await database.fetchrow(f"select * from {table} where id = $1", row) == before


async def test_an_earlier_version_becomes_that_of_now(database: Connection) -> None:
    async with taken_back(database):
        child = await new_row(database, "child_profiles")
        async with without_triggers(database):
            await database.execute("update child_profiles set updated_at = '2020-01-01' where id = $1", child)
        await database.execute("update child_profiles set age = 6 where id = $1", child)
        assert await database.fetchval("select updated_at = now() from child_profiles where id = $1", child)


async def is_newer_by(database: Connection, table: str, row: int, change: str) -> bool:
    """Whether a change makes a row's version later than the transaction that it was made in."""
    await database.execute(f"update {table} set {change} where id = $1", row)
    later: bool = await database.fetchval(f"select updated_at > now() from {table} where id = $1", row)
    return later


@pytest.mark.parametrize(
    ("change", "is_newer"),
    [
        ("bio = 'x'", True),
        ("last_suggestion_check = now() + interval '1 s'", False),
        ("profile_embedding_digest = 'x', profile_embedding_model = 'm'", False),
        ("refuses_health_data = true", False),
        ("profile_embedding_digest = null", True),
    ],
)
async def test_parent_profiles_set_updated_at(database: Connection, change: str, is_newer: bool) -> None:
    """What the service works out by itself changes no version."""
    async with taken_back(database):
        family = await new_family(database)
        assert await is_newer_by(database, "parent_profiles", family, change) is is_newer


@pytest.mark.parametrize("change", ["name = 'Other'", "bio = 'x'"])
async def test_parent_profiles_set_updated_at_of_one_with_an_embedding(database: Connection, change: str) -> None:
    async with taken_back(database):
        family = await new_family(database)
        await database.execute(EMBEDDED, family)
        assert await is_newer_by(database, "parent_profiles", family, change)


@pytest.mark.parametrize(("change", "is_newer"), [("refuses_health_data = true", False), ("age = 5", True)])
async def test_child_profiles_set_updated_at(database: Connection, change: str, is_newer: bool) -> None:
    """A mark is no change of a child."""
    async with taken_back(database):
        child = await new_child(database, await new_family(database))
        assert await is_newer_by(database, "child_profiles", child, change) is is_newer


async def sizes(database: Connection, family: int) -> dict[str, int]:
    rows = await database.fetch("select of_table, number from family_sizes where parent_profile_id = $1", family)
    return {row["of_table"]: row["number"] for row in rows}


@pytest.mark.parametrize(
    ("table", "add", "most"), [("child_profiles", ADD_CHILDREN, 50), ("parenting_goals", ADD_GOALS, 1000)]
)
async def test_keep_family_size(database: Connection, table: str, add: str, most: int) -> None:
    """Kept by child_profiles_limit, child_profiles_size, parenting_goals_limit and parenting_goals_size."""
    async with taken_back(database):
        family, other = await new_family(database), await new_family(database)
        # The service may not write numbers itself.
        await database.execute("set local role nestwerk_service")
        await database.execute(add, other, 2)
        await database.execute(add, family, 3)
        await database.execute(add, family, most - 3)
        error = await refused(database, f"{table}_limit", add, family, 1)
        assert (str(error), error.as_dict()["table_name"]) == (f"a family has {most} rows of {table} at most", table)
        first = (
            f"delete from {table} where id in (select id from {table} where parent_profile_id = $1 order by id limit 2)"
        )
        assert await database.execute(first, family) == "DELETE 2"
        await database.execute("reset role")
        assert await sizes(database, family) == {table: most - 2}
        assert await sizes(database, other) == {table: 2}
        await database.execute(add, family, 2)
        await refused(database, f"{table}_limit", add, family, 1)


@pytest.mark.parametrize(("table", "add"), [("child_profiles", ADD_CHILDREN), ("parenting_goals", ADD_GOALS)])
async def test_a_number_that_was_lost_is_counted_anew(database: Connection, table: str, add: str) -> None:
    async with taken_back(database):
        family = await new_family(database)
        await database.execute(add, family, 5)
        for change, number in ((add, 6), (f"delete from {table} where parent_profile_id = $1 and $2 = 1", 0)):
            await database.execute("delete from family_sizes where parent_profile_id = $1", family)
            await database.execute(change, family, 1)
            assert await sizes(database, family) == {table: number}
        # A family that is removed leaves no number behind.
        await database.execute(add, family, 2)
        await database.execute("delete from parent_profiles where id = $1", family)
        assert await sizes(database, family) == {}


@pytest.mark.parametrize(
    ("change", "is_due"),
    [
        ("completed_onboarding = true", True),
        ("stress_level = 'high'", True),
        ("experience_level = 'experienced'", True),
        ("primary_concerns = '{sleep}'", True),
        ("support_network = '{friends}'", True),
        ("bio = 'x'", True),
        ("""onboarding_data = '{"basicInfo": {}}'""", True),
        ("name = 'Other', preferred_language = 'en', current_onboarding_step = 2", False),
        ("bio = bio, support_network = support_network", False),
    ],
)
async def test_mark_changed_since_check(database: Connection, change: str, is_due: bool) -> None:
    """By parent_profiles_mark_changed_since_check what suggestions are made of makes new ones due."""
    async with taken_back(database):
        family = await new_family(database)
        await database.execute(EMBEDDED, family)
        await database.execute(f"update parent_profiles set {change} where id = $1", family)
        state = await database.fetchrow(
            "select changed_since_check, profile_embedding is null, profile_embedding_model is null,"
            " profile_embedding_digest is null from parent_profiles where id = $1",
            family,
        )
        assert state is not None
        assert set(state) == {is_due}
