"""Adding rows to a family: stored values and refused ones."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts
from tests.family_resources.resources import CHILDREN, GOALS, Resource, add, check_problem, each_resource, stored


@each_resource
async def test_the_smallest_body_gets_the_defaults(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    answer = await parent.client.post(resource.path, json=resource.minimum)
    assert answer.status_code == 201
    row = answer.json()
    assert answer.headers["location"] == f"{resource.path}/{row['id']}"
    assert row == resource.minimum | resource.defaults | {
        "id": row["id"],
        "parentProfileId": parent.parent_profile_id,
        "createdAt": row["createdAt"],
        "updatedAt": row["createdAt"],
    }
    read = await parent.client.get(answer.headers["location"])
    assert (read.status_code, read.json()) == (200, row)


@each_resource
async def test_the_location_has_no_double_slash(resource: Resource, accounts: Accounts, service: str) -> None:
    parent = await accounts.parent()
    for path in (f"{resource.path}/", f"/{resource.path}", resource.path.replace("/", "//") + "//"):
        answer = await parent.client.post(f"{service}{path}", json=resource.minimum)
        assert answer.status_code == 201
        assert answer.headers["location"] == f"{resource.path}/{answer.json()['id']}"


@each_resource
async def test_all_given_fields_are_stored(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource, **resource.full)
    assert {name: row[name] for name in resource.full} == resource.full


@each_resource
async def test_moments_are_utc(resource: Resource, accounts: Accounts) -> None:
    before = datetime.now(UTC)
    row = await add(await accounts.parent(), resource, **{resource.moment: "2025-06-30T23:15:00.25+02:00"})
    assert row[resource.moment] == "2025-06-30T21:15:00.250000Z"
    assert row["createdAt"].endswith("Z")
    assert before <= datetime.fromisoformat(row["createdAt"]) <= datetime.now(UTC)


@each_resource
async def test_moments_of_any_time_zone(resource: Resource, accounts: Accounts) -> None:
    """PostgreSQL would refuse zones of 16 hours and more."""
    parent = await accounts.parent()
    for zone, moment in (("+23:59", "2025-06-29T12:01:00Z"), ("-23:59", "2025-07-01T11:59:00Z")):
        row = await add(parent, resource, **{resource.moment: f"2025-06-30T12:00:00{zone}"})
        assert row[resource.moment] == moment


@each_resource
@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "2024-02-29T12:00:00.000001Z"]
)
async def test_the_earliest_and_latest_moments(moment: str, resource: Resource, accounts: Accounts) -> None:
    row = await add(await accounts.parent(), resource, **{resource.moment: moment})
    assert row[resource.moment] == moment


@each_resource
@pytest.mark.parametrize(
    "moment",
    [
        "2025-06-30T21:15:00",
        "2025-06-30",
        "2025-02-29T00:00:00Z",
        "2025-06-30T25:00:00Z",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "10000-01-01T00:00:00Z",
        "infinity",
        "now",
        "",
        0,
        1.5,
        True,
        {},
    ],
)
async def test_invalid_moments(moment: object, resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    answer = await parent.client.post(resource.path, json=resource.minimum | {resource.moment: moment})
    check_problem(answer, 400, "invalid_body", f"/{resource.moment}")


@each_resource
async def test_every_error_is_reported(resource: Resource, accounts: Accounts, database: Connection) -> None:
    parent = await accounts.parent()
    wrong = {resource.moment: "soon", "id": 1, resource.number: -1, **dict.fromkeys(resource.texts, 1)}
    answer = await parent.client.post(resource.path, json=wrong)
    check_problem(answer, 400, "invalid_body", *(f"/{name}" for name in wrong))
    assert all(error["message"] for error in answer.json()["errors"])
    assert await stored(database, resource, parent) == []


@each_resource
async def test_missing_fields_are_reported(resource: Resource, accounts: Accounts) -> None:
    answer = await (await accounts.parent()).client.post(resource.path, json={})
    check_problem(answer, 400, "invalid_body", *(f"/{name}" for name in resource.minimum))


@each_resource
async def test_read_only_and_unknown_fields_are_refused(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    for name in [*resource.read_only, "nickname", "created_at", "~x/y"]:
        answer = await parent.client.post(resource.path, json=resource.minimum | {name: None})
        check_problem(answer, 400, "invalid_body", f"/{name.replace('~', '~0').replace('/', '~1')}")


@each_resource
async def test_null_in_required_fields_is_refused(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    for name in resource.not_null:
        answer = await parent.client.post(resource.path, json=resource.minimum | {name: None})
        check_problem(answer, 400, "invalid_body", f"/{name}")
    await add(parent, resource, **dict.fromkeys(resource.nullable))


TEXTS = [(resource, *text) for resource in (CHILDREN, GOALS) for text in resource.texts.items()]


@pytest.mark.parametrize("character", ["a", "ë", "👶", "\N{ZERO WIDTH JOINER}"])
@pytest.mark.parametrize(("resource", "field", "limit"), TEXTS, ids=[field for _, field, _ in TEXTS])
async def test_texts_are_measured_in_characters(
    resource: Resource, field: str, limit: int, character: str, accounts: Accounts
) -> None:
    parent = await accounts.parent()
    row = await add(parent, resource, **{field: character * limit})
    assert row[field] == character * limit
    answer = await parent.client.post(resource.path, json=resource.minimum | {field: character * (limit + 1)})
    check_problem(answer, 400, "invalid_body", f"/{field}")


@each_resource
@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\N{NO-BREAK SPACE}\N{IDEOGRAPHIC SPACE}"])
async def test_blank_texts(blank: str, resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    for field in resource.required_texts:
        answer = await parent.client.post(
            resource.path, json=resource.minimum | {field: blank}, headers={"Accept-Language": "en"}
        )
        check_problem(answer, 400, "invalid_body", f"/{field}")
        assert answer.json()["errors"][0]["message"] == "must not be empty"


@each_resource
async def test_texts_are_stored_unchanged(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    for text in [" a ", "ﬁ", "e\N{COMBINING ACUTE ACCENT}", "'; drop table users; --", "\\", "%s $1 :id", "\u202eabc"]:
        assert (await add(parent, resource, **dict.fromkeys(resource.texts, text)))[next(iter(resource.texts))] == text


@each_resource
async def test_numbers_at_their_limits(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    for number in (0, resource.most):
        assert (await add(parent, resource, **{resource.number: number}))[resource.number] == number
    for wrong in (-1, resource.most + 1, 2**31, 2**63, 2**64, 10**400, 1.5, -(10**30), "4", True, [4]):
        answer = await parent.client.post(resource.path, json=resource.minimum | {resource.number: wrong})
        check_problem(answer, 400, "invalid_body", f"/{resource.number}")


@each_resource
async def test_rows_added_at_once_are_all_there(resource: Resource, accounts: Accounts) -> None:
    parent = await accounts.parent()
    rows = await asyncio.gather(*(add(parent, resource) for _ in range(20)))
    ids = sorted(row["id"] for row in rows)
    assert len(set(ids)) == 20
    listed: dict[str, Any] = (await parent.client.get(resource.path)).json()
    assert [row["id"] for row in listed["items"]] == ids
