"""How many rows a family may have, also with inserts at once and by plain SQL; larger families keep theirs."""

import asyncio

import asyncpg
import pytest

from api.database.aliases import Connection
from api.postgres.embedded import EmbeddedServer
from tests.accounts import Accounts
from tests.family_resources.resources import Resource, add, check_problem, each_resource, fill, stored

pytestmark = each_resource


async def test_the_limit(resource: Resource, accounts: Accounts, database: Connection) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    await fill(database, resource, parent, resource.limit - 2)
    refused = await parent.client.post(f"{resource.path}/batch", json=[resource.minimum] * 3)
    check_problem(refused, 409, resource.too_many)
    assert str(resource.limit) in refused.json()["message"]
    await add(parent, resource)
    last = await add(parent, resource)
    check_problem(await parent.client.post(resource.path, json=resource.minimum), 409, resource.too_many)
    assert len(await stored(database, resource, parent)) == resource.limit
    assert (await parent.client.delete(f"{resource.path}/{last['id']}")).status_code == 204
    await add(parent, resource)
    await add(other, resource)


async def test_a_larger_family_keeps_its_rows(resource: Resource, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    await fill(database, resource, parent, resource.limit + 2)
    ids = [row["id"] for row in await stored(database, resource, parent)]
    for id in ids[:2]:
        check_problem(await parent.client.post(resource.path, json=resource.minimum), 409, resource.too_many)
        assert (await parent.client.get(f"{resource.path}/{id}")).status_code == 200
        changed = await parent.client.patch(f"{resource.path}/{id}", json={resource.number: 7})
        assert changed.json()[resource.number] == 7
        assert (await parent.client.delete(f"{resource.path}/{id}")).status_code == 204
    check_problem(await parent.client.post(resource.path, json=resource.minimum), 409, resource.too_many)
    assert len(await stored(database, resource, parent)) == resource.limit


async def test_inserts_at_once(resource: Resource, accounts: Accounts, database: Connection) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    await fill(database, resource, parent, resource.limit - 5)
    answers = await asyncio.gather(
        *(parent.client.post(resource.path, json=resource.minimum) for _ in range(8)),
        *(parent.client.post(f"{resource.path}/batch", json=[resource.minimum] * 2) for _ in range(4)),
        *(other.client.post(resource.path, json=resource.minimum) for _ in range(8)),
    )
    assert [answer.status_code for answer in answers[12:]] == [201] * 8
    assert {answer.status_code for answer in answers[:12]} <= {201, 409}
    rows = len(await stored(database, resource, parent))
    assert resource.limit - 1 <= rows <= resource.limit


async def test_plain_sql_of_the_service_at_once(
    resource: Resource, accounts: Accounts, database: Connection, cluster: EmbeddedServer
) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    await fill(database, resource, parent, resource.limit - 1)
    columns, values = ("name, age", "'Bram', 4") if resource.number == "age" else ("title", "'Samen eten'")
    insert = f"insert into {resource.table} (parent_profile_id, {columns}) values ($1, {values})"
    first = await asyncpg.connect(cluster.service_dsn)
    second = await asyncpg.connect(cluster.service_dsn)
    try:
        transaction = first.transaction()
        await transaction.start()
        await first.execute(insert, parent.parent_profile_id)
        # Another family isn't kept waiting, and the same one is, until it's known who was first.
        await second.execute(insert, other.parent_profile_id)
        waiting = asyncio.create_task(second.execute(insert, parent.parent_profile_id))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await transaction.commit()
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await waiting
        assert refused.value.constraint_name == f"{resource.table}_limit"
    finally:
        await first.close()
        await second.close()
