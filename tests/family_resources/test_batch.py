"""Adding many rows at once: all of them or none, with errors by index."""

import json
from typing import Any

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.family_resources.resources import (
    JSON,
    Resource,
    check_problem,
    each_resource,
    in_parts,
    stored,
)

pytestmark = each_resource

LIMIT = 1024 * 1024


async def test_as_many_rows_as_fit_in_order(resource: Resource, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    field = resource.required_texts[0]
    answer = await parent.client.post(
        f"{resource.path}/batch",
        json=[resource.minimum | {field: f"Nummer {number}"} for number in range(resource.batch)],
    )
    assert answer.status_code == 201
    assert "location" not in answer.headers
    rows = answer.json()
    assert [row[field] for row in rows] == [f"Nummer {number}" for number in range(resource.batch)]
    assert [row["id"] for row in rows] == [row["id"] for row in await stored(database, resource, parent)]
    listed = await parent.client.get(resource.path, params={"limit": 100})
    assert listed.json()["items"] == rows[:100]


async def test_all_fields(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    answer = await parent.client.post(f"{resource.path}/batch", json=[resource.minimum, resource.full])
    least, full = answer.json()
    assert {name: least[name] for name in resource.defaults} == resource.defaults
    assert {name: full[name] for name in resource.full} == resource.full


@pytest.mark.parametrize("many", [False, True])
async def test_too_few_and_too_many(many: bool, resource: Resource, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    answer = await parent.client.post(f"{resource.path}/batch", json=[resource.minimum] * (resource.batch + 1) * many)
    check_problem(answer, 400, "invalid_body", "")
    assert await stored(database, resource, parent) == []


async def test_one_invalid_row_refuses_all(resource: Resource, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    batch = [resource.minimum] * 20
    batch[17] = resource.minimum | {resource.number: resource.most + 1}
    answer = await parent.client.post(f"{resource.path}/batch", json=batch)
    check_problem(answer, 400, "invalid_body", f"/17/{resource.number}")
    assert await stored(database, resource, parent) == []


async def test_every_error_has_an_index(resource: Resource, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    text, number = resource.required_texts[0], resource.number
    batch: list[Any] = [
        {text: "", number: -1},
        resource.minimum,
        resource.minimum | {"nickname": "x", resource.moment: "soon"},
        {number: "1"},
        [],
        None,
    ]
    answer = await parent.client.post(f"{resource.path}/batch", json=batch)
    check_problem(
        answer, 400, "invalid_body",
        f"/0/{text}", f"/0/{number}", "/2/nickname", f"/2/{resource.moment}", f"/3/{number}", f"/3/{text}", "/4", "/5",
    )  # fmt: skip
    assert await stored(database, resource, parent) == []


async def test_more_errors_than_the_limit(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    batch = [resource.minimum | {resource.number: -1, resource.moment: "", "x": 1}] * 50
    answer = await parent.client.post(f"{resource.path}/batch", json=batch)
    assert (answer.status_code, len(answer.json()["errors"])) == (400, 100)
    assert answer.json()["errorsTruncated"] is True


@pytest.mark.parametrize("document", [{}, None, "x", 3])
async def test_a_body_that_is_not_a_list(document: object, resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    answer = await parent.client.post(f"{resource.path}/batch", content=json.dumps(document), headers=JSON)
    check_problem(answer, 400, "invalid_body", "")


async def test_a_batch_may_be_larger_than_other_bodies(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    body = json.dumps([resource.minimum | {resource.required_texts[0]: "👶" * 50}] * resource.batch).encode()
    answer = await parent.client.post(f"{resource.path}/batch", content=body.ljust(LIMIT), headers=JSON)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("size", [LIMIT + 1, 3 * LIMIT])
@pytest.mark.parametrize("with_length", [True, False], ids=["with its length", "in chunks"])
async def test_a_batch_has_a_size_limit_too(
    with_length: bool,
    size: int,
    resource: Resource,
    accounts: Accounts,
    database: Connection,
) -> None:
    parent = await accounts.parent()
    body = json.dumps([resource.minimum]).encode().ljust(size)
    answer = await parent.client.post(
        f"{resource.path}/batch", content=body if with_length else in_parts(body), headers=JSON
    )
    check_problem(answer, 413, "body_too_large")
    assert await stored(database, resource, parent) == []
