"""What triggers lock and wait for, seen from a second connection: rows are committed, and removed after each test."""

import asyncio
from collections.abc import AsyncIterator
from typing import Final, NamedTuple

import asyncpg
import pytest

from api.database.aliases import Connection
from tests.schema.families import new_account, new_child, new_family, refused
from tests.statements import taken_back
from tests.waiting import until_waiting

ANSWER: Final = (
    "insert into consents (user_id, purpose, version, agreed_at, withdrawn_at)"
    " select $1, purpose, max(version), case when $2 then now() end, case when not $2 then now() end"
    " from consent_texts where purpose = 'health_data' group by purpose"
)
# Three rows of each table; they lie in the order opposite to that of their ids.
THREE: Final = {
    "child_profiles": "insert into child_profiles (parent_profile_id, id, name, age)"
    " select $1, id, 'Sam', 4 from generate_series(3, 1, -1) as id",
    "parenting_goals": "insert into parenting_goals (parent_profile_id, id, title)"
    " select $1, id, 'walk' from generate_series(3, 1, -1) as id",
    "suggestions": "insert into suggestions (parent_profile_id, id, slug, relevance, expires_at)"
    " select $1, id, slug, 1, now() from generate_series(3, 1, -1) as id,"
    " (select slug from library_suggestions order by slug limit 1) as library",
}
ADD: Final = {
    "child_profiles": "insert into child_profiles (parent_profile_id, name, age)"
    " select $1, 'Sam', 4 from generate_series(1, $2::integer)",
    "parenting_goals": "insert into parenting_goals (parent_profile_id, title)"
    " select $1, 'walk' from generate_series(1, $2::integer)",
}
NUMBER: Final = "select number from family_sizes where parent_profile_id = $1 and of_table = $2"


class Family(NamedTuple):
    account: int
    profile: int


@pytest.fixture
async def family(database: Connection) -> AsyncIterator[Family]:
    account = await new_account(database)
    try:
        yield Family(account, await new_family(database, account))
    finally:
        await database.execute("delete from users where id = $1", account)


@pytest.fixture
async def beside(dsn: str, family: Family) -> AsyncIterator[Connection]:
    """A second connection; it ends before the family is removed."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        connection.terminate()


@pytest.mark.parametrize("table", list(THREE))
async def test_a_refusal_locks_rows_in_the_order_of_their_keys(
    database: Connection, beside: Connection, family: Family, table: str
) -> None:
    """By keep_health_consent, so that it and other statements that lock several rows don't deadlock."""
    await database.execute(THREE[table], family.profile)
    # Whatever isn't sorted finds rows as they lie.
    await beside.execute("set enable_indexscan = off")
    of_family = f"from {table} where parent_profile_id = $1"
    async with taken_back(beside):
        async with taken_back(database):
            await database.execute(f"select {of_family} and id = 3 for update", family.profile)
            refusing = asyncio.create_task(beside.execute(ANSWER, family.account, False))  # noqa: FBT003
            await until_waiting(database, "insert into consents")
            free = await database.fetch(f"select {of_family} and id < 3 for update skip locked", family.profile)
        assert await refusing == "INSERT 0 1"
    assert free == []


async def test_a_refusal_locks_no_rows_of_other_families(
    database: Connection, beside: Connection, family: Family
) -> None:
    """By keep_health_consent."""
    account = await new_account(database)
    try:
        other = await new_family(database, account)
        for add in THREE.values():
            await database.execute(add, other)
        async with taken_back(beside):
            await beside.execute(ANSWER, family.account, False)  # noqa: FBT003
            for table in THREE:
                of_other = f"select from {table} where parent_profile_id = $1 for update skip locked"
                assert len(await database.fetch(of_other, other)) == 3, table
    finally:
        await database.execute("delete from users where id = $1", account)


@pytest.mark.parametrize("agrees", [True, False])
async def test_an_answer_locks_what_rows_of_a_family_refer_to(
    database: Connection, beside: Connection, family: Family, agrees: bool
) -> None:
    """By keep_health_consent rows that are added wait for the answer: their foreign keys lock the profile."""
    child = await new_child(database, family.profile)
    async with taken_back(beside):
        await beside.execute(ANSWER, family.account, agrees)
        for table, row, is_locked in (("parent_profiles", family.profile, True), ("child_profiles", child, not agrees)):
            free = await database.fetch(f"select from {table} where id = $1 for key share skip locked", row)
            assert (free == []) is is_locked, table


@pytest.mark.parametrize("table", list(ADD))
async def test_first_rows_that_are_added_at_once_are_all_counted(
    database: Connection, beside: Connection, family: Family, table: str
) -> None:
    """By keep_family_size, whose insert waits for another one's, and then changes its number."""
    async with database.transaction():
        await database.execute(ADD[table], family.profile, 2)
        adding = asyncio.create_task(beside.execute(ADD[table], family.profile, 3))
        await until_waiting(database, f"insert into {table}")
    assert await adding == "INSERT 0 3"
    assert await database.fetchval(NUMBER, family.profile, table) == 5


@pytest.mark.parametrize("table", list(ADD))
async def test_rows_that_are_removed_beside_the_first_count_are_taken_off(
    database: Connection, beside: Connection, family: Family, table: str
) -> None:
    await database.execute(ADD[table], family.profile, 5)
    await database.execute("delete from family_sizes where parent_profile_id = $1", family.profile)
    some = f"select id from {table} where parent_profile_id = $1 limit 2"
    async with database.transaction():
        await database.execute(ADD[table], family.profile, 1)
        removing = asyncio.create_task(beside.execute(f"delete from {table} where id in ({some})", family.profile))
        await until_waiting(database, f"delete from {table}")
    assert await removing == "DELETE 2"
    assert await database.fetchval(NUMBER, family.profile, table) == 4


@pytest.mark.parametrize(("table", "most"), [("child_profiles", 50), ("parenting_goals", 1000)])
async def test_first_rows_that_are_added_at_once_are_too_many_together(
    database: Connection, beside: Connection, family: Family, table: str, most: int
) -> None:
    async with database.transaction():
        await database.execute(ADD[table], family.profile, most - 1)
        adding = asyncio.create_task(refused(beside, f"{table}_limit", ADD[table], family.profile, 2))
        await until_waiting(database, f"insert into {table}")
    await adding
    assert await database.fetchval(NUMBER, family.profile, table) == most - 1


async def test_keep_family_size_counts_families_in_the_order_of_their_ids(
    database: Connection, beside: Connection, family: Family
) -> None:
    """By the order in keep_family_size statements that add rows of several families don't deadlock."""
    accounts = [await new_account(database) for _ in range(9)]
    try:
        families = [await new_family(database, account) for account in accounts]
        add = (
            "insert into child_profiles (parent_profile_id, name, age)"
            " select id, 'Sam', 4 from unnest($1::bigint[]) as id"
        )
        await database.execute(add, families)
        locked = "select parent_profile_id from family_sizes where parent_profile_id = any ($1) for update skip locked"
        transaction = beside.transaction()
        await transaction.start()
        assert len(await beside.fetch(locked, families[-1:])) == 1
        async with taken_back(database):
            adding = asyncio.create_task(database.execute(add, families[::-1]))
            await until_waiting(beside, "insert into child_profiles")
            free = await beside.fetch(locked, families)
            await transaction.rollback()
            await adding
        # The last one of them was waited for, so the others had been counted.
        assert len(free) == 1
    finally:
        await database.execute("delete from users where id = any ($1)", accounts)


async def test_renew_second_factor_locks_the_account_alone(
    database: Connection, beside: Connection, family: Family
) -> None:
    """So of two removals at once the second sees the first, and that no factor is left."""
    other = await new_account(database)
    try:
        passkey = (
            "insert into passkeys (user_id, credential_id, public_key, sign_count, name)"
            " values ($1, sha256(random()::text::bytea), 'key', 0, 'key')"
        )
        await database.execute(passkey, family.account)
        async with taken_back(database):
            # A second one changes nothing of the account.
            await database.execute(passkey, family.account)
            free = await beside.fetch(
                "select id from users where id = any ($1) for no key update skip locked", [family.account, other]
            )
        assert [row["id"] for row in free] == [other]
    finally:
        await database.execute("delete from users where id = $1", other)


async def test_remove_year_old_events_passes_over_what_is_locked(
    database: Connection, beside: Connection, family: Family
) -> None:
    """Nobody waits for another who cleans."""
    event = (
        "insert into audit_events (happened_at, actor_kind, event, user_id)"
        " values (now() - interval '40 years', 'staff', 'ban', $1)"
    )
    gone = "select not exists (select from audit_events where user_id = $1)"
    await database.execute(event, family.account)
    async with taken_back(beside), taken_back(database):
        await beside.execute("select from audit_events where user_id = $1 for update", family.account)
        await database.execute("set local lock_timeout = '1s'")
        await database.execute("select remove_year_old_events()")
        assert not await database.fetchval(gone, family.account)
    await database.execute("select remove_year_old_events()")
    assert await database.fetchval(gone, family.account)
