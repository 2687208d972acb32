"""The drill of the cluster: nodes and etcd are killed, the leader's place is handed over, and clients keep books."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from time import monotonic
from typing import Final

import asyncpg
import pytest

from tests.accounts import Accounts, Parent
from tests.cluster.trial import NEEDS_PATRONI, Trial, running_cluster
from tests.faults.books import Books

pytestmark = [pytest.mark.drill, NEEDS_PATRONI]

# How often each is done.
KILLS: Final = int(os.environ.get("CLUSTER_KILLS", "2"))
SWITCHOVERS: Final = int(os.environ.get("CLUSTER_SWITCHOVERS", "3"))
CLIENTS: Final = 32


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    with running_cluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


class Watch:
    """The longest times, in seconds, in which no read and no write was answered by an instance."""

    def __init__(self) -> None:
        self.longest: Counter[str] = Counter()

    async def look(self, kind: str, ask: Callable[[], Awaitable[int]]) -> None:
        """Ask again and again, until this is cancelled."""
        answered = monotonic()
        while True:
            status = await ask()
            now = monotonic()
            assert status in {200, 500, 503}, (kind, status)
            if status == 200:
                self.longest[kind] = max(self.longest[kind], now - answered)  # type: ignore[assignment]
                answered = now
            await asyncio.sleep(0.02)


@asynccontextmanager
async def used(trial: Trial, watch: Watch) -> AsyncIterator[Counter[str]]:
    """Have clients read and write through both instances within the block, then hold their books against the rows."""
    dsn = trial.layout.dsn("postgres")
    connection = await asyncpg.connect(dsn)
    async with Accounts(trial.addresses[0], connection) as accounts:
        parents = [await accounts.parent() for _ in range(CLIENTS + 1)]
        await connection.close()
        looks = [asyncio.create_task(watch.look(kind, ask)) for kind, ask in _asking(parents.pop())]
        async with Books(parents, trial.addresses) as books:
            yield books.codes
        for look in looks:
            look.cancel()
        for ended in await asyncio.gather(*looks, return_exceptions=True):
            assert isinstance(ended, asyncio.CancelledError), ended
    connection = await asyncpg.connect(dsn)
    await books.check(connection)
    await connection.close()


def _asking(parent: Parent) -> Iterator[tuple[str, Callable[[], Awaitable[int]]]]:
    async def read() -> int:
        return (await parent.client.get("/api/parenting-goals?limit=1")).status_code

    async def write() -> int:
        return (await parent.client.patch("/api/parent-profile", json={"bio": str(monotonic())})).status_code

    yield "read", read
    yield "write", write


@pytest.mark.parametrize(
    ("options", "times", "said"),
    [
        (("--kill", "leader"), KILLS, "was killed"),
        (("--kill", "standby"), KILLS, "was killed"),
        (("--kill", "etcd"), KILLS, "was killed"),
        (("--switchover",), SWITCHOVERS, "Successfully switched over"),
    ],
    ids=["leader", "standby", "etcd", "switchover"],
)
async def test_what_was_confirmed_survives(
    trial: Trial, options: tuple[str, ...], times: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    watch, codes = Watch(), Counter[str]()
    for _ in range(times):
        async with used(trial, watch) as found:
            await asyncio.to_thread(trial.wait_until_whole)
            assert said in await asyncio.to_thread(trial.run, *options)
            await asyncio.sleep(3)
            await asyncio.to_thread(trial.wait_until_whole)
        codes += found
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{times} times {' '.join(options)}: {dict(codes)}; nothing lost, nothing twice; "
            f"at most {watch.longest['write']:.1f} s without a write, {watch.longest['read']:.1f} s without a read"
        )
