"""`just cluster` where it can't do what it's told, and after it was killed."""

import os
import signal
from pathlib import Path

import httpx
import pytest

from api.cluster.control import leader
from api.cluster.running import read_pids
from tests.cluster.trial import NEEDS_PATRONI, Trial, running_cluster

pytestmark = [pytest.mark.drill, NEEDS_PATRONI]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("--kill", "leader"), "no cluster runs in {folder}: `just cluster` starts one"),
        (("--switchover",), "there's no leader now: `just cluster --status`"),
        (("--status",), "no node answers: `just cluster` starts them"),
    ],
    ids=["kill", "switchover", "status"],
)
def test_nothing_runs(options: tuple[str, ...], why: str, tmp_path: Path) -> None:
    trial = Trial(os.environ | {"DATA_DIR": str(tmp_path)}, tmp_path / "cluster", ())
    assert trial.run(*options) == why.format(folder=tmp_path / "cluster") + "\n"


def test_it_goes_on_where_it_was_killed(tmp_path: Path) -> None:
    with running_cluster(tmp_path) as trial:
        assert f"a cluster runs in {trial.folder} already" in trial.run()
        led, before = leader(trial.layout), read_pids(trial.folder)
        assert led is not None
        assert led in trial.run("--status")
        added = httpx.post(
            f"{trial.addresses[0]}/api/register",
            json={"username": "noor", "email": "noor@example.org", "password": "een zin met vijf woorden"},
            headers={"Origin": trial.addresses[0]},
            timeout=60,
        )
        assert added.status_code == 201, added.text
        trial.process.send_signal(signal.SIGKILL)
        trial.process.wait(60)
        assert read_pids(trial.folder) == before
    with running_cluster(tmp_path) as trial:
        assert not before.items() & read_pids(trial.folder).items()
        answer = httpx.post(
            f"{trial.addresses[1]}/api/login",
            json={"username": "noor", "password": "een zin met vijf woorden"},
            headers={"Origin": trial.addresses[1]},
            timeout=60,
        )
        assert answer.status_code == 200, answer.text
    assert read_pids(tmp_path / "cluster") == {}
