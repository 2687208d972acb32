"""The resources of families, for tests that hold for all of them."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple

import httpx
import pytest

from api.database.aliases import Connection
from tests.accounts import Parent
from tests.statements import without_triggers

JSON = {"Content-Type": "application/json"}
# Bytes of a body that isn't a batch.
BODY_LIMIT = 64 * 1024


class Resource(NamedTuple):
    """A resource of a family, and the fields that may be written."""

    path: str
    table: str
    # Code of the problem when a row doesn't exist.
    missing: str
    # The smallest body of a POST, and the response's other fields, except ids and times.
    minimum: dict[str, Any]
    defaults: dict[str, Any]
    # A body with all fields, none with its default.
    full: dict[str, Any]
    # Texts with their maximum lengths; those that must not be blank; a whole number from 0 to `most`.
    texts: dict[str, int]
    required_texts: Sequence[str]
    number: str
    most: int
    moment: str
    not_null: Sequence[str]
    nullable: Sequence[str]
    read_only: Sequence[str]
    # Most rows in a batch, and in a family; code of the problem when a family has more.
    batch: int
    limit: int
    too_many: str


CHILDREN = Resource(
    path="/api/child-profiles",
    table="child_profiles",
    missing="child_profile_not_found",
    minimum={"name": "Bram", "age": 4},
    defaults={"specialNeeds": [], "routines": {}, "developmentNotes": None, "lastAssessment": None},
    full={
        "name": "Zoë",
        "age": 18,
        "specialNeeds": ["koemelkallergie", ""],
        "routines": {"avond": {"bedtijd": "19:30"}},
        "developmentNotes": "Praat honderduit.",
        "lastAssessment": "2025-03-01T09:30:00Z",
    },
    texts={"name": 100, "developmentNotes": 10_000},
    required_texts=["name"],
    number="age",
    most=18,
    moment="lastAssessment",
    not_null=["name", "age", "specialNeeds", "routines"],
    nullable=["developmentNotes", "lastAssessment"],
    read_only=["id", "parentProfileId", "createdAt", "updatedAt"],
    batch=50,
    limit=50,
    too_many="too_many_children",
)
GOALS = Resource(
    path="/api/parenting-goals",
    table="parenting_goals",
    missing="parenting_goal_not_found",
    minimum={"title": "Samen eten"},
    defaults={
        "description": "",
        "category": "general",
        "priority": 0,
        "status": "active",
        "targetDate": None,
        "achievedDate": None,
    },
    full={
        "title": "Minder schermtijd",
        "description": "Op schooldagen hooguit een half uur.",
        "category": "long_term",
        "priority": 100,
        "status": "on_hold",
        "targetDate": "2030-12-31T23:00:00Z",
    },
    texts={"title": 200, "description": 5000, "category": 50},
    required_texts=["title", "category"],
    number="priority",
    most=100,
    moment="targetDate",
    not_null=["title", "description", "category", "priority", "status"],
    nullable=["targetDate"],
    read_only=["id", "parentProfileId", "achievedDate", "createdAt", "updatedAt"],
    batch=500,
    limit=1000,
    too_many="too_many_goals",
)

each_resource = pytest.mark.parametrize("resource", [CHILDREN, GOALS], ids=["children", "goals"])


async def add(parent: Parent, resource: Resource, **fields: Any) -> dict[str, Any]:
    """A new row of the parent's family, as the service returns it."""
    answer = await parent.client.post(resource.path, json=resource.minimum | fields)
    assert answer.status_code == 201, answer.text
    row: dict[str, Any] = answer.json()
    return row


async def add_many(parent: Parent, resource: Resource, count: int) -> list[int]:
    """Ids of new rows of the parent's family."""
    answer = await parent.client.post(f"{resource.path}/batch", json=[resource.minimum] * count)
    assert answer.status_code == 201, answer.text
    return [row["id"] for row in answer.json()]


async def fill(database: Connection, resource: Resource, parent: Parent, count: int) -> None:
    """Give a family rows as the previous system could: without the triggers."""
    columns, values = ("name, age", "'Bram', 4") if resource.number == "age" else ("title", "'Samen eten'")
    async with without_triggers(database):
        await database.execute(
            f"insert into {resource.table} (parent_profile_id, {columns})"
            f" select $1, {values} from generate_series(1, $2::integer)",
            parent.parent_profile_id,
            count,
        )


async def stored(database: Connection, resource: Resource, parent: Parent) -> list[Any]:
    """All rows of the parent's family."""
    return await database.fetch(
        f"select * from {resource.table} where parent_profile_id = $1 order by id", parent.parent_profile_id
    )


def check_problem(answer: httpx.Response, status: int, code: str, *pointers: str) -> None:
    """Check that a response is this problem, with errors at these pointers."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code), answer.text
    assert problem["message"]
    assert [error["pointer"] for error in problem.get("errors", [])] == list(pointers), answer.text


async def in_parts(body: bytes) -> AsyncIterator[bytes]:
    """A body that is sent in chunks, without Content-Length."""
    for start in range(0, len(body), 10_000):
        yield body[start : start + 10_000]
