"""Changing a row of a family by merge patch (RFC 7396)."""

import asyncio
import json
from datetime import datetime
from typing import Any

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.family_resources.resources import (
    CHILDREN,
    GOALS,
    JSON,
    Resource,
    add,
    check_problem,
    each_resource,
    stored,
)
from tests.statements import run_behind

FIELDS = [(resource, field) for resource in (CHILDREN, GOALS) for field in resource.full]


async def patch(parent: Parent, resource: Resource, row: dict[str, Any], changes: Any) -> dict[str, Any]:
    answer = await parent.client.patch(f"{resource.path}/{row['id']}", json=changes)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    assert (await parent.client.get(f"{resource.path}/{row['id']}")).json() == changed
    return changed


@pytest.mark.parametrize(("resource", "field"), FIELDS, ids=[field for _, field in FIELDS])
async def test_one_field_changes_and_no_other(resource: Resource, field: str, accounts: Accounts) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource)
    changed = await patch(parent, resource, row, {field: resource.full[field]})
    assert changed == row | {field: resource.full[field], "updatedAt": changed["updatedAt"]}
    assert changed[field] != row[field]
    assert datetime.fromisoformat(changed["updatedAt"]) > datetime.fromisoformat(row["updatedAt"])


@each_resource
async def test_all_fields_at_once(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource)
    changed = await patch(parent, resource, row, resource.full)
    assert changed == row | resource.full | {"updatedAt": changed["updatedAt"]}


@each_resource
async def test_an_empty_object_changes_nothing(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource, **resource.full)
    changed = await patch(parent, resource, row, {})
    assert changed == row | {"updatedAt": changed["updatedAt"]}


@each_resource
async def test_null_clears_what_may_be_null(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource, **resource.full)
    changed = await patch(parent, resource, row, dict.fromkeys(resource.nullable))
    assert changed == row | dict.fromkeys(resource.nullable) | {"updatedAt": changed["updatedAt"]}


@each_resource
async def test_a_refused_patch_changes_nothing(resource: Resource, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource)
    before = await stored(database, resource, parent)
    valid = {resource.required_texts[0]: "Anders"}
    wrong: dict[str, Any] = dict.fromkeys([*resource.not_null, *resource.read_only, "nickname"])
    wrong |= {resource.moment: "2025-06-30T21:15:00"}
    for name, value in wrong.items():
        answer = await parent.client.patch(f"{resource.path}/{row['id']}", json=valid | {name: value})
        check_problem(answer, 400, "invalid_body", f"/{name}")
    answer = await parent.client.patch(f"{resource.path}/{row['id']}", json=wrong)
    check_problem(answer, 400, "invalid_body", *(f"/{name}" for name in wrong))
    assert await stored(database, resource, parent) == before


@each_resource
@pytest.mark.parametrize("document", [[], [{}], None, "name", 1, True])
async def test_a_value_that_is_not_an_object(document: Any, resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource)
    answer = await parent.client.patch(
        f"{resource.path}/{row['id']}",
        content=json.dumps(document),
        headers=JSON,
    )
    check_problem(answer, 400, "invalid_body", "")


@each_resource
async def test_the_media_type_of_merge_patches(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource)
    headers = {"Content-Type": "application/merge-patch+json; charset=utf-8"}
    answer = await parent.client.patch(f"{resource.path}/{row['id']}", content=b"{}", headers=headers)
    assert answer.status_code == 200
    check_problem(
        await parent.client.post(resource.path, content=b"{}", headers=headers), 415, "unsupported_media_type"
    )


@each_resource
async def test_changes_of_different_fields_at_once_lose_nothing(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    for _ in range(5):
        row = await add(parent, resource)
        await asyncio.gather(
            *(
                parent.client.patch(f"{resource.path}/{row['id']}", json={field: value})
                for field, value in resource.full.items()
            )
        )
        changed = (await parent.client.get(f"{resource.path}/{row['id']}")).json()
        assert changed == row | resource.full | {"updatedAt": changed["updatedAt"]}


@each_resource
async def test_the_last_write_to_a_field_wins(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource)
    field = resource.required_texts[0]
    answers = await asyncio.gather(
        *(parent.client.patch(f"{resource.path}/{row['id']}", json={field: text}) for text in "abcdefgh")
    )
    assert [answer.json()[field] for answer in answers] == list("abcdefgh")
    stays = (await parent.client.get(f"{resource.path}/{row['id']}")).json()
    assert stays in [answer.json() for answer in answers]


@each_resource
async def test_changes_that_are_merged_lock_rows_in_the_order_of_their_keys(
    resource: Resource, accounts: Accounts, database: Connection, dsn: str
) -> None:
    """Another order could deadlock with whatever else locks several rows; the plan is the one for many rows."""
    parents = [await accounts.parent() for _ in range(2)]
    rows = [await add(parent, resource) for parent in parents for _ in range(2)]
    keys = sorted((row["parentProfileId"], row["id"]) for row in rows)
    lock = f"select from {resource.table} where id = any($1) for update"
    async with database.transaction():
        await database.execute(lock, [keys[0][1]])
        changing = await run_behind(
            database,
            f"{dsn}&enable_seqscan=off&enable_hashjoin=off&enable_mergejoin=off",
            f"update_{resource.table.removesuffix('s')}",
            parent_profile_id=[family for family, _ in reversed(keys)],
            id=[id for _, id in reversed(keys)],
            patch=["{}"] * len(keys),
            versions=[None] * len(keys),
        )
        # It waits for the first row, so it hasn't locked later ones.
        await database.execute(f"{lock} nowait", [id for _, id in keys[1:]])
    assert [row[0] for row in await changing] == [4, 3, 2, 1]


@each_resource
async def test_a_change_and_a_removal_at_once(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    for _ in range(5):
        row = await add(parent, resource)
        path = f"{resource.path}/{row['id']}"
        changed, removed = await asyncio.gather(
            parent.client.patch(path, json=resource.full), parent.client.delete(path)
        )
        assert changed.status_code in {200, 404}
        assert removed.status_code == 204
        check_problem(await parent.client.get(path), 404, resource.missing)
