"""The drill of the cluster: nodes and etcd are killed, the leader's place is handed over, and clients keep books."""

import asyncio
import os
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Final

import asyncpg
import pytest

from api.cluster.control import leader
from api.cluster.running import RESTART, read_pids
from tests.accounts import Accounts
from tests.cluster.trial import NEEDS_PATRONI, Trial, running_cluster
from tests.cluster.watch import Watch
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


@asynccontextmanager
async def used(trial: Trial, watch: Watch) -> AsyncIterator[Counter[str]]:
    """Have clients read and write through both instances within the block, then hold their books against the rows."""
    dsn = trial.layout.dsn("postgres")
    connection = await asyncpg.connect(dsn)
    async with Accounts(trial.addresses[0], connection) as accounts:
        parents = [await accounts.parent() for _ in range(CLIENTS + 1)]
        await connection.close()
        async with (
            watch.looking(trial.layout, trial.addresses, parents.pop()),
            Books(parents, trial.addresses) as books,
        ):
            yield books.codes
    connection = await asyncpg.connect(dsn)
    await books.check(connection)
    await connection.close()


def _tell(capsys: pytest.CaptureFixture[str], what: str, watch: Watch, codes: Counter[str]) -> None:
    longest = ", ".join(f"{each} {seconds:.2f} s" for each, seconds in sorted(watch.longest.items()))
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{what}, load {os.getloadavg()[0]:.1f}: {dict(codes)}; nothing lost, nothing twice; longest: {longest}"
        )


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
    _tell(capsys, f"{times} times {' '.join(options)}", watch, codes)
    loses_leader = said != "was killed" or "leader" in options
    # An account that asks all the time counts as costly for a while where the machine has much else to do.
    assert {status for _, status in watch.statuses} <= {200, 429, 503} | (set() if "--switchover" in options else {500})
    for ready in ("ready 1", "ready 2"):
        if loses_leader:
            assert watch.statuses[ready, 503] > 0
        else:
            # A busy machine may cost moments; what was killed is away for much longer.
            assert watch.longest[ready] < RESTART / 2
    if "--switchover" in options:
        assert not any("outcome_unknown" in code for code in codes), codes


def test_no_switchover_while_standbys_keep_to_their_leader(trial: Trial) -> None:
    """For Patroni's ttl after etcd was away they would leave its place free."""
    trial.wait_until_whole()
    assert "was killed" in trial.run("--kill", "etcd")
    deadline = time.monotonic() + 120
    said = trial.run("--switchover")
    while "etcd is away, or was" not in said:
        assert "Successfully" not in said
        assert time.monotonic() < deadline, said
        time.sleep(0.5)
        said = trial.run("--switchover")
    trial.wait_until_whole()
    assert "Successfully switched over" in trial.run("--switchover")


async def test_a_leader_whose_patroni_hangs_is_left(trial: Trial, capsys: pytest.CaptureFixture[str]) -> None:
    """It goes on taking connections after another was promoted, and confirms nothing."""
    watch = Watch()
    async with used(trial, watch) as codes:
        await asyncio.to_thread(trial.wait_until_whole)
        led = await asyncio.to_thread(leader, trial.layout)
        assert led is not None
        patroni = read_pids(trial.folder)[led]
        os.kill(patroni, signal.SIGSTOP)
        try:
            async with asyncio.timeout(120):
                while await asyncio.to_thread(leader, trial.layout) in {None, led}:
                    await asyncio.sleep(0.2)
            await asyncio.sleep(5)
        finally:
            os.kill(patroni, signal.SIGCONT)
        await asyncio.to_thread(trial.wait_until_whole)
    _tell(capsys, "Patroni hung", watch, codes)
    assert {status for _, status in watch.statuses} <= {200, 429, 500, 503}
