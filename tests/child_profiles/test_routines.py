"""Routines: an object whose keys are the parent's, merged by RFC 7396."""

import asyncio
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.family_resources.resources import CHILDREN, JSON, add, check_problem, stored
from tests.statements import without_triggers

# Target, patch and result: the objects of RFC 7396's appendix A, and some deeper ones.
MERGES: list[tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ({"a": "b"}, {"a": "c"}, {"a": "c"}),
    ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
    ({"a": "b"}, {"a": None}, {}),
    ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
    ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
    ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
    ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
    ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
    ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
    ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ({"a": 1}, {}, {"a": 1}),
    ({"a": 1}, {"b": None}, {"a": 1}),
    ({"a": "b"}, {"a": {"c": 1, "d": None}}, {"a": {"c": 1}}),
    ({"a": {"b": 1}}, {"a": [None, {"c": None}]}, {"a": [None, {"c": None}]}),
    ({"a": {"b": 1}}, {"a": False}, {"a": False}),
    ({"a": {"b": {"c": 1, "d": 2}, "e": 3}}, {"a": {"b": {"c": None}}}, {"a": {"b": {"d": 2}, "e": 3}}),
    ({"": {"": 1}}, {"": {"": 2, "a/~b": 3}}, {"": {"": 2, "a/~b": 3}}),
]


async def routines_after(parent: Parent, child: dict[str, Any], patch: dict[str, Any]) -> dict[str, Any]:
    answer = await parent.client.patch(f"{CHILDREN.path}/{child['id']}", json={"routines": patch})
    assert answer.status_code == 200, answer.text
    routines: dict[str, Any] = answer.json()["routines"]
    return routines


@pytest.mark.parametrize(("target", "patch", "result"), MERGES)
async def test_a_merge(
    target: dict[str, Any], patch: dict[str, Any], result: dict[str, Any], accounts: Accounts
) -> None:
    parent = await accounts.parent()
    child = await add(parent, CHILDREN, routines=target)
    assert child["routines"] == target
    assert await routines_after(parent, child, patch) == result


async def test_concurrent_changes_of_different_keys_are_all_kept(accounts: Accounts) -> None:
    parent = await accounts.parent()
    child = await add(parent, CHILDREN, routines={"avond": {"bad": "19:00"}})
    await asyncio.gather(*(routines_after(parent, child, {"avond": {f"stap {step}": step}}) for step in range(10)))
    assert await routines_after(parent, child, {}) == {
        "avond": {"bad": "19:00"} | {f"stap {step}": step for step in range(10)}
    }


@pytest.mark.parametrize(
    "value",
    [
        0,
        -1.5,
        1e-7,
        2**53 + 1,
        -(2**63),
        2**64 - 1,
        '👶 \\ " \u2028 \x7f',
        [[], {}, [[[]]]],
        {"__proto__": 1, "constructor": 2, "$ref": "#", "a.b[0]": "' or 1=1"},
        {str(key): key for key in range(400)},
    ],
    ids=lambda value: repr(value)[:20],
)
async def test_any_value_is_returned_unchanged(value: Any, accounts: Accounts) -> None:
    parent = await accounts.parent()
    child = await add(parent, CHILDREN, routines={"eten": value})
    assert child["routines"] == {"eten": value}
    assert await routines_after(parent, child, {"slapen": value}) == {"eten": value, "slapen": value}


@pytest.mark.parametrize(
    "number",
    ["12345678901234567890123", "9" * 400, "1e30", "1.7976931348623157e308", "5e-324", "-0", "1.0", "0.1e1"],
    ids=lambda number: number[:24],
)
async def test_a_number_keeps_its_value(number: str, accounts: Accounts) -> None:
    parent = await accounts.parent()
    body = json.dumps(CHILDREN.minimum)[:-1] + f', "routines": {{"n": {number}}}}}'
    answer = await parent.client.post(CHILDREN.path, content=body, headers=JSON)
    assert answer.status_code == 201, answer.text
    assert json.loads(answer.text, parse_float=Decimal)["routines"]["n"] == Decimal(number)


@pytest.mark.parametrize("routines", [None, [], [1], "", 1, True])
async def test_a_value_that_is_not_an_object(routines: Any, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    child = await add(parent, CHILDREN, routines={"avond": "rust"})
    before = await stored(database, CHILDREN, parent)
    posted = await parent.client.post(CHILDREN.path, json=CHILDREN.minimum | {"routines": routines})
    check_problem(posted, 400, "invalid_body", "/routines")
    patched = await parent.client.patch(f"{CHILDREN.path}/{child['id']}", json={"routines": routines})
    check_problem(patched, 400, "invalid_body", "/routines")
    assert await stored(database, CHILDREN, parent) == before


@pytest.mark.parametrize(
    ("routines", "pointer"),
    [
        (r'{"a": {"b": ["x\u0000"]}}', "/routines/a/b/0"),
        (r'{"a\u0000": 1}', "/routines/a\0"),
        (r'{"a/b": {"~": "\u0000"}}', "/routines/a~1b/~0"),
        ('{"a": [1e400]}', "/routines/a/0"),
        ('{"a": -1e400}', "/routines/a"),
        (f'{{"a": 1{"0" * 5000}}}', "/routines/a"),
    ],
    ids=lambda part: part[:20],
)
async def test_values_that_cannot_be_stored(routines: str, pointer: str, accounts: Accounts) -> None:
    parent = await accounts.parent()
    child = await add(parent, CHILDREN)
    body = f'{{"routines": {routines}}}'
    answer = await parent.client.patch(f"{CHILDREN.path}/{child['id']}", content=body, headers=JSON)
    check_problem(answer, 400, "invalid_body", pointer)


async def test_a_request_of_too_many_levels_is_malformed(accounts: Accounts) -> None:
    parent = await accounts.parent()
    child = await add(parent, CHILDREN)
    for method, start in (("POST", f'{json.dumps(CHILDREN.minimum)[:-1]}, "routines": '), ("PATCH", '{"routines": ')):
        path = CHILDREN.path if method == "POST" else f"{CHILDREN.path}/{child['id']}"
        for deep in ('{"a":' * 64 + "1" + "}" * 64, '{"a":' * 5000 + "1" + "}" * 5000, "[" * 60_000):
            answer = await parent.client.request(method, path, content=f"{start}{deep}}}", headers=JSON)
            check_problem(answer, 400, "malformed_body", "")


def levels(count: int) -> dict[str, Any]:
    document: Any = 1
    for _ in range(count):
        document = {"a": document}
    assert isinstance(document, dict)
    return document


# Routines at a limit, past it, and what the parent is told.
LIMITS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (levels(10), levels(11), "10 niveaus"),
    ({"dagen": [{}] * 999}, {"dagen": [{}] * 1000}, "1000 waarden"),
    ({"a": {str(key): 0 for key in range(999)}}, {"a": {str(key): 0 for key in range(1000)}}, "1000 waarden"),
    ({"a": "x" * 32_759}, {"a": "x" * 32_761}, "32 KB"),
]


@pytest.mark.parametrize(("most", "more", "told"), LIMITS, ids=["levels", "items", "members", "bytes"])
async def test_a_limit(
    most: dict[str, Any], more: dict[str, Any], told: str, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    child = await add(parent, CHILDREN, routines=most)
    assert child["routines"] == most
    assert await routines_after(parent, await add(parent, CHILDREN), most) == most
    before = await stored(database, CHILDREN, parent)
    path = f"{CHILDREN.path}/{child['id']}"
    new = CHILDREN.minimum | {"routines": more}
    for answer, pointer in (
        (await parent.client.post(CHILDREN.path, json=new), "/routines"),
        (await parent.client.post(f"{CHILDREN.path}/batch", json=[new]), "/0/routines"),
        (await parent.client.patch(path, json={"routines": more}), "/routines"),
    ):
        check_problem(answer, 400, "invalid_body", pointer)
        assert told in answer.json()["message"]
    assert await stored(database, CHILDREN, parent) == before


@pytest.mark.parametrize(("most", "more", "told"), LIMITS, ids=["levels", "items", "members", "bytes"])
async def test_the_table_has_the_same_limit(
    most: dict[str, Any], more: dict[str, Any], told: str, accounts: Accounts, database: Connection
) -> None:
    parent = await accounts.parent()
    insert = (
        "insert into child_profiles (parent_profile_id, name, age, routines) values ($1, 'Bram', 4, $2) returning id"
    )
    id = await database.fetchval(insert, parent.parent_profile_id, json.dumps(most))
    for statement, argument in (
        (insert, parent.parent_profile_id),
        ("update child_profiles set routines = $2 where id = $1", id),
    ):
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await database.execute(statement, argument, json.dumps(more))
        assert refused.value.constraint_name == "child_profiles_routines_limit"


async def test_larger_routines_of_before_can_be_used_and_made_smaller(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    child = await add(parent, CHILDREN)
    large = {"a": {str(key): key for key in range(1500)}, "b": levels(15), "c": "x" * 40_000}
    async with without_triggers(database):
        await database.execute("update child_profiles set routines = $2 where id = $1", child["id"], json.dumps(large))
    path = f"{CHILDREN.path}/{child['id']}"
    assert (await parent.client.patch(path, json={"age": 5})).json()["routines"] == large
    check_problem(await parent.client.patch(path, json={"routines": {"d": 1}}), 409, "routines_too_large")
    assert await routines_after(parent, child, {"c": None}) == {"a": large["a"], "b": large["b"]}
    assert await routines_after(parent, child, {"a": None, "b": None, "d": 1}) == {"d": 1}


@pytest.mark.skipif(sys.platform != "linux", reason="the CPU time of another process is known on Linux")
async def test_merging_costs_in_proportion(database: Connection) -> None:
    def chains(count: int, value: int) -> str:
        return json.dumps({str(number): {"a": {"a": {"a": value}}} for number in range(count)})

    def cpu() -> int:
        return int(Path(f"/proc/{database.get_server_pid()}/schedstat").read_text().split()[0])

    await database.execute("set plan_cache_mode = force_generic_plan")

    async def cost(count: int) -> int:
        before = cpu()
        await database.fetchval("select merge_patch($1::jsonb, $2::jsonb)", chains(count, 1), chains(count, 2))
        return cpu() - before

    small = min([await cost(25) for _ in range(5)])
    assert min([await cost(250) for _ in range(5)]) < 25 * small


async def test_removing_and_adding_many_keys(accounts: Accounts) -> None:
    parent = await accounts.parent()
    child = await add(parent, CHILDREN)
    routines = {f"stap {step}": "x" * 20 for step in range(900)}
    assert await routines_after(parent, child, routines) == routines
    assert await routines_after(parent, child, dict.fromkeys(routines)) == {}


async def test_a_merge_beyond_the_size_limit(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    child = await add(parent, CHILDREN)
    for part in "ab":
        await routines_after(parent, child, {part: "x" * 15_000})
    before = await stored(database, CHILDREN, parent)
    path = f"{CHILDREN.path}/{child['id']}"
    check_problem(await parent.client.patch(path, json={"routines": {"c": "x" * 5_000}}), 409, "routines_too_large")
    assert await stored(database, CHILDREN, parent) == before
    await routines_after(parent, child, {"b": None, "c": "x" * 5_000})


async def test_a_value_beyond_the_size_limit(accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    # PostgreSQL stores short exponents as many digits.
    numbers = f"[{','.join(['1e300'] * 900)}]"
    large = f'{json.dumps(CHILDREN.minimum)[:-1]}, "routines": {{"n": {numbers}}}}}'
    check_problem(await parent.client.post(CHILDREN.path, content=large, headers=JSON), 409, "routines_too_large")
    small = json.dumps(CHILDREN.minimum)
    batch = await parent.client.post(f"{CHILDREN.path}/batch", content=f"[{small}, {large}]", headers=JSON)
    check_problem(batch, 409, "routines_too_large")
    assert await stored(database, CHILDREN, parent) == []


async def test_only_the_merge_beyond_the_limit_fails_among_merges_at_once(accounts: Accounts) -> None:
    parent = await accounts.parent()
    children = [await add(parent, CHILDREN) for _ in range(24)]
    full = children[7]
    for part in "ab":
        await routines_after(parent, full, {part: "x" * 15_000})
    answers = await asyncio.gather(
        *(
            parent.client.patch(f"{CHILDREN.path}/{child['id']}", json={"routines": {"c": "x" * 5_000}})
            for child in children
        )
    )
    check_problem(answers[7], 409, "routines_too_large")
    assert {answer.status_code for answer in answers if answer is not answers[7]} == {200}
