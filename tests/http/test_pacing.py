"""Large bodies of one account are decoded at a limited rate; other accounts don't notice."""

import asyncio
import json

import pytest

from api.http.pacing import BURST, RATE, Pacing
from tests.accounts import Accounts
from tests.family_resources.resources import check_problem


async def test_bodies_of_an_account_wait_for_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr("api.http.pacing.asyncio.sleep", sleep)
    paced = Pacing()
    size = RATE // 4
    at_once = BURST // size + 1
    assert [await paced.wait(1, size) for _ in range(at_once)] == [True] * at_once
    assert slept == []
    assert [await paced.wait(1, size) for _ in range(6)] == [True] * 4 + [False] * 2
    assert all(0 < seconds <= 1.0 for seconds in slept)
    slept.clear()
    assert await paced.wait(2, BURST)
    assert slept == []


async def test_an_account_that_sends_much_is_held_back_alone(accounts: Accounts) -> None:
    parent, other = await accounts.parent(), await accounts.parent()
    body = json.dumps({"routines": {"a": "x" * 60_000}}).encode()
    path, kind = "/api/child-profiles/1", {"Content-Type": "application/json"}

    async def send() -> int:
        answer = await parent.client.patch(path, content=body, headers=kind)
        if answer.status_code == 429:
            check_problem(answer, 429, "too_many_requests")
            assert answer.headers["retry-after"] == "1"
        return answer.status_code

    tasks = [asyncio.create_task(send()) for _ in range(80)]
    await asyncio.sleep(0.2)
    answer = await other.client.patch(path, content=body, headers=kind)
    check_problem(answer, 400, "invalid_body", "/routines")
    statuses = await asyncio.gather(*tasks)
    assert set(statuses) == {400, 429}
