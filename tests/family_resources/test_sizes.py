"""The numbers that limits are held by: they are what a count says, whoever adds and removes at once."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress

import asyncpg
import pytest

from api.database.aliases import Connection
from api.postgres.embedded import EmbeddedServer
from tests.accounts import Accounts, Parent
from tests.family_resources.resources import Resource, add, add_many, each_resource, fill

pytestmark = each_resource


@pytest.fixture
async def writers(service: str, cluster: EmbeddedServer) -> AsyncIterator[Sequence[Connection]]:
    """Connections of the service's role."""
    opened = [await asyncpg.connect(cluster.service_dsn) for _ in range(4)]
    try:
        yield opened
    finally:
        for connection in opened:
            await connection.close()


async def number(database: Connection, resource: Resource, parent: Parent) -> int | None:
    """What is kept of a family; fails if a count says otherwise."""
    row = await database.fetchrow(
        "select (select number from family_sizes where parent_profile_id = $1 and of_table = $2) as kept,"
        f" (select count(*) from {resource.table} where parent_profile_id = $1) as counted",
        parent.parent_profile_id,
        resource.table,
    )
    assert row is not None
    kept: int | None = row["kept"]
    assert kept in (None, row["counted"])
    return kept


def inserting(resource: Resource) -> str:
    """A statement that inserts a row for each family of an array."""
    columns, values = ("name, age", "'Bram', 4") if resource.number == "age" else ("title", "'Samen eten'")
    return f"insert into {resource.table} (parent_profile_id, {columns}) select unnest($1::bigint[]), {values}"


def removing(resource: Resource) -> str:
    """A statement that deletes two rows of a family."""
    return f"""
        with chosen as materialized (
          select id from {resource.table} where parent_profile_id = $1 order by id limit 2 for update skip locked
        )
        delete from {resource.table} as removed using chosen
         where removed.parent_profile_id = $1 and removed.id = chosen.id"""


async def test_it_is_counted_once_and_then_kept(resource: Resource, accounts: Accounts, database: Connection) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    await fill(database, resource, parent, 7)
    assert await number(database, resource, parent) is None
    row = await add(parent, resource)
    assert await number(database, resource, parent) == 8
    await add_many(parent, resource, 3)
    assert await number(database, resource, parent) == 11
    assert (await parent.client.delete(f"{resource.path}/{row['id']}")).status_code == 204
    assert (await parent.client.delete(f"{resource.path}/{row['id']}")).status_code == 404
    assert await number(database, resource, parent) == 10
    assert await number(database, resource, other) is None


async def test_a_family_that_first_removes_a_row(
    resource: Resource, accounts: Accounts, database: Connection, writers: Sequence[Connection]
) -> None:
    parent = await accounts.parent()
    await fill(database, resource, parent, 7)
    transaction = writers[0].transaction()
    await transaction.start()
    await writers[0].execute(removing(resource), parent.parent_profile_id)
    adding = asyncio.create_task(writers[1].execute(inserting(resource), [parent.parent_profile_id]))
    await asyncio.sleep(0.05)
    assert not adding.done()
    await transaction.commit()
    await adding
    assert await number(database, resource, parent) == 6


async def test_it_goes_with_the_family(resource: Resource, accounts: Accounts, database: Connection) -> None:
    counted, uncounted, other = [await accounts.parent() for _ in range(3)]
    for parent in (counted, other):
        await add(parent, resource)
    await fill(database, resource, uncounted, 3)
    for parent in (counted, uncounted):
        await database.execute("delete from users where id = $1", parent.user_id)
        left = "select from family_sizes where parent_profile_id = $1"
        assert await database.fetch(left, parent.parent_profile_id) == []
    assert await number(database, resource, other) == 1


async def test_the_service_writes_no_number_itself(resource: Resource, writers: Sequence[Connection]) -> None:
    for statement in ("select from", "delete from"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await writers[0].execute(f"{statement} family_sizes")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await writers[0].execute("update family_sizes set number = 0 where of_table = $1", resource.table)


@pytest.mark.parametrize("seed", range(2))
async def test_it_never_drifts(
    seed: int, resource: Resource, accounts: Accounts, database: Connection, writers: Sequence[Connection]
) -> None:
    parents = [await accounts.parent() for _ in range(4)]
    families = [parent.parent_profile_id for parent in parents]
    for parent in parents[:2]:
        await fill(database, resource, parent, resource.limit - 10)
    chance = random.Random(seed)

    async def write(connection: Connection) -> None:
        for _ in range(25):
            some = chance.sample(families, chance.randint(1, 4))
            transaction = connection.transaction()
            await transaction.start()
            with suppress(asyncpg.CheckViolationError):
                if chance.random() < 0.55:
                    await connection.execute(inserting(resource), some * chance.randint(1, 2))
                else:
                    await connection.execute(removing(resource), some[0])
                if chance.random() < 0.8:
                    await transaction.commit()
                    continue
            await transaction.rollback()

    await asyncio.gather(*map(write, writers))
    for parent in parents:
        kept = await number(database, resource, parent)
        assert kept is not None
        assert kept <= resource.limit
