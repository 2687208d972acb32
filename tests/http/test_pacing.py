"""Who sends bodies that take long to decode waits for turns at it; others don't notice."""

import asyncio
import time
from collections.abc import Callable
from itertools import pairwise

import pytest

from api.http import pacing
from api.http.pacing import Client, Pacing
from api.problems.problem import Problem
from api.problems.types import INVALID_BODY
from tests.accounts import Accounts
from tests.family_resources.resources import check_problem


def lasting(seconds: float) -> Callable[[], float]:
    """A decoder that takes so long, and returns when it ended."""

    def decode() -> float:
        time.sleep(seconds)
        return time.monotonic()

    return decode


@pytest.fixture
def paced() -> Pacing:
    return Pacing()


def make_costly(paced: Pacing, *clients: Client) -> None:
    for client in clients:
        paced._debts.charge(client, pacing.BURST + 0.05)


async def test_costly_clients_share_a_small_part_of_the_worker(paced: Pacing) -> None:
    make_costly(paced, 1, 2)
    begun = time.monotonic()
    ended = sorted(await asyncio.gather(*(paced.decode(client, lasting(0.005)) for client in (1, 1, 1, 2, 2, 2))))
    assert min(moment - before for before, moment in pairwise(ended)) >= 0.005 * pacing.REST
    assert ended[0] - begun < 0.005 * pacing.REST


async def test_others_do_not_wait(paced: Pacing) -> None:
    make_costly(paced, 1)
    order: list[Client] = []
    tasks = [asyncio.create_task(paced.decode(1, lambda: order.append(1))) for _ in range(3)]
    tasks.append(asyncio.create_task(paced.decode(2, lambda: order.append(2))))
    # Clients without an account are one.
    tasks.append(asyncio.create_task(paced.decode(None, lambda: order.append(None))))
    await asyncio.gather(*tasks)
    assert order == [1, 2, None, 1, 1]


async def test_who_took_least_is_next(paced: Pacing) -> None:
    make_costly(paced, 1, 1, 2)
    order: list[Client] = []

    def decode(client: Client) -> None:
        time.sleep(0.002)
        order.append(client)

    clients = (1, 1, 1, 2)
    await asyncio.gather(*(paced.decode(client, lambda client=client: decode(client)) for client in clients))  # type: ignore[misc]
    assert order == [1, 2, 1, 1]


async def test_who_waits_for_too_long_is_refused(paced: Pacing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pacing, "LONGEST_WAIT", 0.05)
    make_costly(paced, 1)
    await paced.decode(1, lasting(0.02))
    with pytest.raises(Problem) as refused:
        await paced.decode(1, lasting(0.0))
    assert refused.value.type.code == "too_many_requests"
    await asyncio.sleep(0.02 * pacing.REST)
    await paced.decode(1, lasting(0.0))


async def test_a_turn_whose_client_has_left_is_anothers(paced: Pacing) -> None:
    make_costly(paced, 1)
    tasks = [asyncio.create_task(paced.decode(1, lasting(0.002))) for _ in range(4)]
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
        time.sleep(pacing.BURST + 0.01)
        raise Problem(INVALID_BODY)

    with pytest.raises(Problem):
        await paced.decode(1, refuse)
    assert paced._debts.is_costly(1)


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
