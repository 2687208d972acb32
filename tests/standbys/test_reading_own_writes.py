"""The drill of reads on standbys: devices of families read through two instances, while one standby is far behind."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from typing import Final

import httpx
import psycopg
import pytest

from tests.accounts import Accounts, Parent
from tests.standbys.following import Follower

pytestmark = pytest.mark.drill

# Reads and writes of all families together.
STEPS: Final = int(os.environ.get("STANDBY_STEPS", "10000"))
FAMILIES: Final = 16
DEVICES: Final = 2
# Seconds that the slow standby replays behind.
DELAY: Final = 3


@pytest.fixture(autouse=True)
def slow_standby(standbys: list[Follower]) -> Iterator[None]:
    """Have one standby be behind, and more often than not near the edge of being asked."""
    delays = (f"{DELAY}s", "2ms")
    for standby, delay in zip(standbys, delays, strict=True):
        with psycopg.connect(standby.dsn, autocommit=True) as superuser:
            superuser.execute(f"alter system set recovery_min_apply_delay = '{delay}'")
            superuser.execute("select pg_reload_conf()")
    yield
    for standby in standbys:
        with psycopg.connect(standby.dsn, autocommit=True) as superuser:
            superuser.execute("alter system reset recovery_min_apply_delay")
            superuser.execute("select pg_reload_conf()")


class Family:
    """A goal whose title is a number that only grows, and what any device of the family was told of it."""

    def __init__(self, clients: list[httpx.AsyncClient], path: str) -> None:
        self._clients = clients
        self._path = path
        self._written = 0
        self._lock = asyncio.Lock()
        # The highest number that an answer showed or confirmed.
        self._known = 0
        self.done: Counter[str] = Counter()

    async def step(self, device: int) -> None:
        """Read or write, again if that's refused."""
        async with asyncio.timeout(60):
            while not await self._is_done(device):
                await asyncio.sleep(0.1)

    async def _is_done(self, device: int) -> bool:
        client = self._clients[device * 2 + random.randrange(2)]
        if random.random() < 0.25:
            # Who writes comes one after another, so that numbers only grow.
            async with self._lock:
                self._written += 1
                number = self._written
                answer = await client.patch(self._path, json={"title": str(number)})
                if self._was_refused(answer):
                    return False
                self._known = max(self._known, number)
            self.done["write"] += 1
            return True
        before = self._known
        listed = random.random() < 0.5
        answer = await client.get("/api/parenting-goals" if listed else self._path)
        if self._was_refused(answer):
            return False
        goal = answer.json()["items"][0] if listed else answer.json()
        shown = int(goal["title"])
        assert shown >= before, f"{shown} is shown, and {before} was before it was asked for"
        self._known = max(self._known, shown)
        self.done["read"] += 1
        return True

    def _was_refused(self, answer: httpx.Response) -> bool:
        """Whether nothing was done, as may be where the machine has much else to do."""
        if refused := answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            self.done["refused"] += 1
        else:
            assert answer.status_code == httpx.codes.OK, answer.text
        return refused


async def test_nobody_goes_back_in_time(
    accounts: Accounts,
    instances: list[str],
    standbys: list[Follower],
    slow_standby: None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with AsyncExitStack() as stack:
        families = [await _family(stack, await accounts.parent(), instances) for _ in range(FAMILIES)]
        left = iter(range(STEPS))

        async def use(family: Family, device: int) -> None:
            for _ in left:
                await family.step(device)

        await asyncio.gather(*(use(family, device) for family in families for device in range(DEVICES)))
    done = sum((family.done for family in families), Counter())
    assert done["read"] + done["write"] == STEPS
    with capsys.disabled():
        print(f"\n{dict(done)}: each device saw what any of its family had been shown before")  # noqa: T201


async def _family(stack: AsyncExitStack, parent: Parent, instances: list[str]) -> Family:
    clients = [
        await stack.enter_async_context(
            httpx.AsyncClient(base_url=address, headers=parent.client.headers, timeout=60, verify=False)
        )
        for _ in range(DEVICES)
        for address in instances
    ]
    goal = (await clients[0].post("/api/parenting-goals", json={"title": "0"})).json()
    return Family(clients, f"/api/parenting-goals/{goal['id']}")
