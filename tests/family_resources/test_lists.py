"""Lists of a family: keyset pagination, and the parameters of the query."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.accounts import Accounts, Parent
from tests.family_resources.resources import Resource, add, add_many, check_problem, each_resource

pytestmark = each_resource


async def pages(parent: Parent, resource: Resource, **query: Any) -> AsyncIterator[list[int]]:
    """Ids on each page of the whole list."""
    while True:
        answer = await parent.client.get(resource.path, params=query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert page.keys() == {"items", "nextCursor"}
        yield [row["id"] for row in page["items"]]
        if page["nextCursor"] is None:
            return
        query["cursor"] = page["nextCursor"]


async def test_an_empty_list(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    answer = await parent.client.get(resource.path)
    assert (answer.status_code, answer.json()) == (200, {"items": [], "nextCursor": None})


async def test_pages_follow_one_another_oldest_first(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    ids = await add_many(parent, resource, 45)
    assert [page async for page in pages(parent, resource)] == [ids[:20], ids[20:40], ids[40:]]
    assert [page async for page in pages(parent, resource, limit=44)] == [ids[:44], ids[44:]]


async def test_items_equal_the_rows_read_one_by_one(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    rows = [await add(parent, resource), await add(parent, resource, **resource.full)]
    assert (await parent.client.get(resource.path)).json()["items"] == rows


async def test_a_full_last_page_has_no_next(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    ids = await add_many(parent, resource, 50)
    assert [page async for page in pages(parent, resource, limit=50)] == [ids]
    assert [page async for page in pages(parent, resource, limit=25)] == [ids[:25], ids[25:]]


async def test_pages_of_one(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    ids = await add_many(parent, resource, 3)
    assert [page async for page in pages(parent, resource, limit=1)] == [[id] for id in ids]


async def test_rows_of_other_families_are_not_listed(resource: Resource, accounts: Accounts) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    mine = []
    for _ in range(3):
        mine += await add_many(parent, resource, 1)
        await add_many(other, resource, 1)
    assert [page async for page in pages(parent, resource, limit=2)] == [mine[:2], mine[2:]]


async def test_rows_that_come_and_go_between_pages_shift_nothing(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    ids = await add_many(parent, resource, 12)
    seen = []
    async for page in pages(parent, resource, limit=3):
        seen.append(page)
        if len(seen) == 1:
            for gone in (ids[0], ids[2], ids[5]):  # one already seen, the cursor's own, and one of a later page
                await parent.client.delete(f"{resource.path}/{gone}")
            ids += await add_many(parent, resource, 1)
    assert seen == [ids[:3], [ids[3], ids[4], ids[6]], ids[7:10], ids[10:]]


async def test_pages_while_others_insert_and_delete(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    ids = await add_many(parent, resource, 30)
    staying, going = ids[::2], ids[1::2]

    async def insert() -> list[int]:
        return [(await add(parent, resource))["id"] for _ in range(20)]

    async def remove() -> None:
        for id in going:
            await parent.client.delete(f"{resource.path}/{id}")

    async def read() -> list[int]:
        return [id async for page in pages(parent, resource, limit=4) for id in page]

    inserted, _, *reads = await asyncio.gather(insert(), remove(), read(), read())
    for seen in reads:
        assert seen == sorted(set(seen))
        assert set(staying) <= set(seen) <= {*ids, *inserted}
    assert await read() == [*staying, *inserted]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=abc", "limit"),
        ("limit=", "limit"),
        ("limit=1.5", "limit"),
        ("limit=1e1", "limit"),
        ("limit=%00", "limit"),
        (f"limit={2**63}", "limit"),
        (f"limit=1{'0' * 400}", "limit"),
        ("limit=5&limit=5", "limit"),
        ("limit=5&limit=6", "limit"),
        ("cursor=a&cursor=a", "cursor"),
        (f"cursor={'A' * 201}", "cursor"),
        ("cursor=%00", "cursor"),
        ("offset=1", "offset"),
        ("Limit=1", "Limit"),
        ("=1", ""),
        ("%FF=1", "\N{REPLACEMENT CHARACTER}"),
    ],
)
async def test_a_wrong_query(query: str, parameter: str, resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    check_problem(await parent.client.get(f"{resource.path}?{query}"), 400, "invalid_query", parameter)


async def test_all_errors_of_a_query(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    answer = await parent.client.get(f"{resource.path}?x=1&limit=0&y=2")
    check_problem(answer, 400, "invalid_query", "x", "limit", "y")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "1",
        "garbage",
        "AAAAAAAAAAA",  # 0
        "__________8",  # past the largest id
        "AAAAAAAAAAE=",
        "AAAAAAAAAAF",  # unused bits that are set
        "AAAAAAAAAAAB",
        " AAAAAAAAAAE",
        "AAAA AAAAAAE",
        "é",
        "%FF",
        "1%27%3B--",
    ],
)
async def test_an_invalid_cursor(cursor: str, resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    check_problem(await parent.client.get(f"{resource.path}?cursor={cursor}"), 400, "invalid_cursor")


async def test_a_cursor_of_another_family_shows_nothing_of_it(resource: Resource, accounts: Accounts) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    before = await add_many(parent, resource, 2)
    await add_many(other, resource, 3)
    after = await add_many(parent, resource, 2)
    cursor = (await other.client.get(resource.path, params={"limit": 1})).json()["nextCursor"]
    assert [page async for page in pages(parent, resource, cursor=cursor)] == [after]
    assert [page async for page in pages(parent, resource)] == [before + after]
