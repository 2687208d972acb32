"""Reading, changing and removing one row: by other families, without a row, and with odd ids."""

import asyncio

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.family_resources.resources import Resource, add, check_problem, each_resource, stored

pytestmark = each_resource

METHODS = ["GET", "PATCH", "DELETE"]
# Ids that no row can have.
NO_IDS = [
    "0",
    "-1",
    "-9223372036854775808",
    str(2**31),
    str(2**63 - 1),
    str(2**63),
    str(2**64 + 1),
    f"1{'0' * 400}",
    f"1{'0' * 5000}",
    "abc",
    "1.5",
    "1e3",
    "0x1",
    "%00",
    "1%00",
    "%FF",
    "NaN",
    "null",
    "{id}",
    "1;drop%20table%20users",
]


def body(method: str) -> dict[str, object] | None:
    return {} if method == "PATCH" else None


@pytest.mark.parametrize("method", METHODS)
async def test_a_stranger_finds_nothing(
    method: str, resource: Resource, accounts: Accounts, database: Connection
) -> None:
    parent, stranger = await accounts.parent(), await accounts.parent()
    row = await add(parent, resource)
    before = await stored(database, resource, parent)
    answer = await stranger.client.request(
        method, f"{resource.path}/{row['id']}", json=resource.full if method == "PATCH" else None
    )
    check_problem(answer, 404, resource.missing)
    assert await stored(database, resource, parent) == before


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("id", NO_IDS, ids=lambda text: text if len(text) < 30 else f"{len(text)} digits")
async def test_an_id_without_a_row(
    id: str, method: str, resource: Resource, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    await add(parent, resource)
    before = await stored(database, resource, parent)
    answer = await parent.client.request(method, f"{resource.path}/{id}", json=body(method))
    assert answer.status_code == 404, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] in {"not_found", resource.missing}
    assert await stored(database, resource, parent) == before


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("spelling", ["+{}", "-{}", "0{}", "0_{}", "%20{}", "{}%20", "{}%0a", "%09{}", "{}.0"])
async def test_an_id_has_one_spelling(
    spelling: str, method: str, resource: Resource, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource)
    before = await stored(database, resource, parent)
    path = f"{resource.path}/{spelling.format(row['id'])}"
    assert (await parent.client.request(method, path, json=body(method))).status_code == 404
    assert await stored(database, resource, parent) == before


async def test_an_id_has_ascii_digits(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    digits = str((await add(parent, resource))["id"])
    for zero in "\N{ARABIC-INDIC DIGIT ZERO}\N{FULLWIDTH DIGIT ZERO}":
        elsewhere = "".join(chr(ord(zero) + int(digit)) for digit in digits)
        assert int(elsewhere) == int(digits)
        assert (await parent.client.get(f"{resource.path}/{elsewhere}")).status_code == 404
    in_escapes = "".join(f"%{ord(digit):x}" for digit in digits)
    assert (await parent.client.get(f"{resource.path}/{in_escapes}/")).status_code == 200


async def test_a_row_can_be_removed_once(resource: Resource, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    row, kept = await add(parent, resource), await add(parent, resource)
    path = f"{resource.path}/{row['id']}"
    answer = await parent.client.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers
    for method in METHODS:
        check_problem(await parent.client.request(method, path, json=body(method)), 404, resource.missing)
    assert [left["id"] for left in await stored(database, resource, parent)] == [kept["id"]]


async def test_one_of_several_removals_at_once_succeeds(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource)
    answers = await asyncio.gather(*(parent.client.delete(f"{resource.path}/{row['id']}") for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [204] + [404] * 7


async def test_without_a_profile(resource: Resource, accounts: Accounts, database: Connection) -> None:
    parent, other = await accounts.parent(profile=False), await accounts.parent()
    row = await add(other, resource)
    before = await stored(database, resource, other)
    listed = await parent.client.get(resource.path)
    assert (listed.status_code, listed.json()) == (200, {"items": [], "nextCursor": None})
    for method in METHODS:
        answer = await parent.client.request(method, f"{resource.path}/{row['id']}", json=body(method))
        check_problem(answer, 404, resource.missing)
    check_problem(await parent.client.post(resource.path, json=resource.minimum), 409, "parent_profile_required")
    batch = await parent.client.post(f"{resource.path}/batch", json=[resource.minimum])
    check_problem(batch, 409, "parent_profile_required")
    assert await stored(database, resource, other) == before


@pytest.mark.parametrize("method", ["PUT", "POST"])
async def test_another_method(method: str, resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource)
    answer = await parent.client.request(method, f"{resource.path}/{row['id']}", json=resource.minimum)
    check_problem(answer, 405, "method_not_allowed")
    assert {"GET", "PATCH", "DELETE"} <= set(answer.headers["allow"].split(", "))
