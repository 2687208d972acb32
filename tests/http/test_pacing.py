"""Who sends bodies that take long to decode waits for turns at it; others don't notice."""

import asyncio
import time
from collections.abc import Callable
from itertools import pairwise
from typing import TypeVar

import httpx
import pytest

from api import costly_work
from api.http import pacing
from api.http.pacing import Client, Pacing
from api.problems.problem import Problem
from api.problems.types import INVALID_BODY, TOO_MANY_REQUESTS
from tests.accounts import Accounts
from tests.family_resources.resources import check_problem

T = TypeVar("T")


def work(seconds: float) -> float:
    """Take so much of the processor; returns when that ended."""
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass
    return time.monotonic()


@pytest.fixture
def paced(monkeypatch: pytest.MonkeyPatch) -> Pacing:
    """Turns that come however slow the machine is."""
    monkeypatch.setattr(costly_work, "LONGEST", 0.0)
    monkeypatch.setattr(pacing, "LONGEST_WAIT", 60.0)
    return Pacing()


def make_costly(paced: Pacing, *clients: Client) -> None:
    for client in clients:
        paced._debts.charge(client, pacing.BURST + 0.05)


async def decode(paced: Pacing, client: Client, work: Callable[[], T]) -> T:
    waits = paced.is_costly(client)
    if waits:
        await paced.wait(client)
    return paced.decode(client, work, waited=waits)


async def test_costly_clients_share_a_small_part_of_the_worker(paced: Pacing) -> None:
    make_costly(paced, 1, 2)
    ended = await asyncio.gather(*(decode(paced, client, lambda: work(0.005)) for client in (1, 1, 1, 2, 2, 2)))
    assert min(moment - before for before, moment in pairwise(sorted(ended))) >= 0.005 * pacing.REST


async def test_a_rest_is_no_longer_than_others_wait(paced: Pacing) -> None:
    make_costly(paced, 1, 2)
    ended = await asyncio.gather(*(decode(paced, client, lambda: work(0.2)) for client in (1, 2)))
    assert pacing.LONGEST_REST + 0.2 <= abs(ended[1] - ended[0]) < 0.2 * pacing.REST


async def test_others_do_not_wait(paced: Pacing) -> None:
    make_costly(paced, 1)
    order: list[Client] = []
    tasks = [
        # Clients without an account are one.
        asyncio.create_task(decode(paced, client, lambda client=client: order.append(client)))  # type: ignore[misc]
        for client in (1, 1, 1, 2, None)
    ]
    await asyncio.gather(*tasks)
    assert order == [1, 2, None, 1, 1]


async def test_who_took_least_is_next(paced: Pacing) -> None:
    make_costly(paced, 1, 1, 2)
    order: list[Client] = []

    def take(client: Client) -> None:
        work(0.002)
        order.append(client)

    clients = (1, 1, 1, 2)
    await asyncio.gather(*(decode(paced, client, lambda client=client: take(client)) for client in clients))  # type: ignore[misc]
    assert order == [1, 2, 1, 1]


async def test_who_waits_for_too_long_is_refused(paced: Pacing, monkeypatch: pytest.MonkeyPatch) -> None:
    make_costly(paced, 1)
    await decode(paced, 1, lambda: work(0.02))
    monkeypatch.setattr(pacing, "LONGEST_WAIT", 0.05)
    with pytest.raises(Problem) as refused:
        await paced.wait(1)
    assert refused.value.type == TOO_MANY_REQUESTS
    monkeypatch.setattr(pacing, "LONGEST_WAIT", 60.0)
    await paced.wait(1)


async def test_few_wait_at_the_same_time(paced: Pacing) -> None:
    clients = range(1 + pacing.MOST_WAITING // pacing.MOST_OF_ONE)
    await paced.wait(0)

    async def outcome(client: Client) -> bool:
        try:
            await paced.wait(client)
        except Problem:
            return False
        return True

    tasks = [asyncio.create_task(outcome(client)) for client in clients for _ in range(pacing.MOST_OF_ONE + 1)]
    await asyncio.sleep(0)
    assert len(paced._waiting) == pacing.MOST_WAITING
    # One too many of each, and all of the last one, are refused, and not at once.
    assert not any(task.done() for task in tasks)
    for _ in tasks:
        paced._next()
    assert (await asyncio.gather(*tasks)).count(True) == pacing.MOST_WAITING


async def test_a_turn_whose_client_has_left_is_anothers(paced: Pacing) -> None:
    make_costly(paced, 1)
    tasks = [asyncio.create_task(decode(paced, 1, lambda: work(0.002))) for _ in range(4)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await tasks[0]
    # Its turn comes, and it leaves in the same moment.
    paced._next()
    tasks[2].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(result, float) for result in results] == [True, False, False, True]


async def test_a_body_that_is_refused_counts(paced: Pacing) -> None:
    def refuse() -> None:
        work(pacing.BURST + 0.01)
        raise Problem(INVALID_BODY)

    with pytest.raises(Problem):
        paced.decode(1, refuse, waited=False)
    assert paced.is_costly(1)


async def test_small_bodies_full_of_faults_make_an_account_costly(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    body = "[" + ",".join(["{}"] * 1300) + "]"
    assert len(body) <= pacing.SMALL

    async def send(client: httpx.AsyncClient) -> int:
        answer = await client.post(
            "/api/parenting-goals/batch", content=body, headers={"Content-Type": "application/json"}
        )
        return answer.status_code

    statuses = await asyncio.gather(*[send(parent.client) for _ in range(200)])
    assert set(statuses) == {400, 429}
    assert await send(other.client) == 400


async def test_an_account_that_sends_much_is_held_back_alone(accounts: Accounts) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    path, kind = "/api/child-profiles/1", {"Content-Type": "application/json"}
    # Hundreds of chains that are too deep: it takes milliseconds to say so.
    deep = '{"a":' * 60 + "1" + "}" * 60
    body = ('{"routines":{' + ",".join(f'"{number}":{deep}' for number in range(150)) + "}}").encode()

    async def send() -> int:
        answer = await parent.client.patch(path, content=body, headers=kind)
        if answer.status_code == 429:
            check_problem(answer, 429, "too_many_requests")
            assert answer.headers["retry-after"] == "1"
        return answer.status_code

    tasks = [asyncio.create_task(send()) for _ in range(120)]
    await asyncio.sleep(0.2)
    answer = await other.client.patch(path, content=body, headers=kind)
    check_problem(answer, 400, "invalid_body", "/routines")
    statuses = await asyncio.gather(*tasks)
    assert set(statuses) == {400, 429}
