"""Eight accounts that do their worst in every endpoint: most of the service is left to the others."""

import asyncio
import json
from collections import Counter
from typing import Any

import pytest

from api.database.aliases import Connection
from tests.accounts import Accounts, Parent
from tests.waiting import LONGEST

pytestmark = pytest.mark.long

ATTACKERS = 8
FAMILY = "/api/users/me?include=childProfiles,parentingGoals"
# How often each of the others goes through its requests meanwhile.
ROUNDS = 12


async def full_family(accounts: Accounts, database: Connection) -> Parent:
    """A parent with as many and as large rows as a family may have."""
    parent = await accounts.parent()
    await database.execute(
        "insert into child_profiles (parent_profile_id, name, age, routines)"
        " select $1, 'Kind ' || n, 4, $2 from generate_series(1, 50) as n",
        parent.parent_profile_id,
        json.dumps({str(number): {"a": "x" * 40} for number in range(490)}),
    )
    await database.execute(
        "insert into parenting_goals (parent_profile_id, title, description)"
        " select $1, 'Doel ' || n, repeat('x', 2000) from generate_series(1, 1000) as n",
        parent.parent_profile_id,
    )
    return parent


async def attack(parent: Parent, answered: "Counter[str]", enough: asyncio.Event) -> None:
    """Have two of each of the costliest requests under way, until it's enough."""
    client = parent.client
    child = (await client.get("/api/child-profiles?limit=1")).json()["items"][0]["id"]
    goals = {"shortTerm": [f"Kort {number}" for number in range(500)]}
    document: dict[str, Any] = {
        "basicInfo": {"name": "A", "parentType": "mom", "experienceLevel": "experienced"},
        "stressAssessment": {"stressLevel": "high", "primaryConcerns": [], "supportNetwork": []},
        "goals": goals,
    }
    routines = {"routines": {str(number): {"a": 2} for number in range(490)}}
    calls: list[tuple[str, str, Any]] = [
        ("GET", FAMILY, None),
        ("GET", "/api/parenting-goals?limit=100", None),
        ("GET", "/api/onboarding/progress", None),
        ("PATCH", f"/api/child-profiles/{child}", routines),
        ("POST", "/api/onboarding/complete", document),
        ("POST", "/api/parenting-goals/batch", [{"title": "A", "description": "x" * 1000}] * 500),
        ("POST", "/api/parenting-goals", {"title": "A"}),
        ("DELETE", f"/api/parenting-goals/{10**9}", None),
    ]

    async def repeat(method: str, path: str, body: Any) -> None:
        while not enough.is_set():
            answer = await client.request(method, path, json=body)
            if answer.status_code not in {429, 503}:
                answered[path] += 1

    await asyncio.gather(*(repeat(*call) for call in calls * 2))


async def test_eight_accounts_leave_most_of_the_service_to_others(accounts: Accounts, database: Connection) -> None:
    attackers = [await full_family(accounts, database) for _ in range(ATTACKERS)]
    others = [await accounts.parent() for _ in range(4)]
    children = [
        (await other.client.post("/api/child-profiles", json={"name": "Bram", "age": 4})).json()["id"]
        for other in others
    ]
    theirs: Counter[str] = Counter()
    ours: Counter[int] = Counter()
    enough = asyncio.Event()
    attacking = [asyncio.create_task(attack(parent, theirs, enough)) for parent in attackers]

    async def use(parent: Parent, child: int) -> None:
        for _ in range(ROUNDS):
            for method, path, body in (
                ("GET", f"/api/child-profiles/{child}", None),
                ("GET", FAMILY, None),
                ("PATCH", f"/api/child-profiles/{child}", {"age": 5}),
                ("DELETE", f"/api/parenting-goals/{10**9}", None),
            ):
                answer = await parent.client.request(method, path, json=body)
                ours[answer.status_code] += 1

    await asyncio.sleep(0.2)
    before = theirs[FAMILY]
    await asyncio.gather(*(use(*each) for each in zip(others, children, strict=True)))
    documents = theirs[FAMILY] - before
    # They get their last answers, so that nothing of theirs is left for other tests.
    enough.set()
    await asyncio.gather(*attacking)
    # Requests are refused before it's known whose they are while more are in progress than the service can answer.
    assert set(ours) <= {200, 404, 503}
    assert ours[503] * 2 < sum(ours.values())
    # Without shares the eight got three large documents for five of the others' answers, some of them refusals.
    assert documents * 3 < sum(ours.values())


async def test_a_page_that_asks_for_much_at_once_is_answered(accounts: Accounts) -> None:
    parent = await accounts.parent()
    paths = ["/api/child-profiles", "/api/parenting-goals", "/api/users/me?include=parentProfile", "/api/profile"] * 5
    answers = await asyncio.gather(*(parent.client.get(path) for path in paths))
    assert {answer.status_code for answer in answers} == {200}


async def test_accounts_without_a_profile_have_shares_of_their_own(accounts: Accounts) -> None:
    parent, other = await accounts.parent(profile=False), await accounts.parent(profile=False)
    goal = {"title": "Samen eten"}
    enough = asyncio.Event()

    async def fail() -> None:
        while not enough.is_set():
            await parent.client.post("/api/parenting-goals", json=goal)

    failing = [asyncio.create_task(fail()) for _ in range(90)]
    await asyncio.sleep(0.5)
    codes = {(await other.client.post("/api/parenting-goals", json=goal)).json()["code"] for _ in range(15)}
    enough.set()
    await asyncio.gather(*failing)
    assert codes == {"parent_profile_required"}


async def test_an_account_with_too_much_under_way_is_refused_alone(accounts: Accounts, database: Connection) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    path = f"/api/parenting-goals/{10**9}"
    async with database.transaction():
        await database.execute("lock table parenting_goals in access exclusive mode")
        tasks = [asyncio.create_task(parent.client.delete(path)) for _ in range(90)]
        # Some wait for the lock, some for a connection, and no other account has to.
        await asyncio.sleep(0.3)
        assert (await other.client.get("/api/child-profiles")).status_code == 200
        assert (await other.client.delete("/api/child-profiles/1")).status_code == 404
        async with asyncio.timeout(LONGEST):
            while sum(task.done() for task in tasks) < 80:
                await asyncio.sleep(0.02)
    assert {(await task).status_code for task in tasks} <= {404, 429, 503}
