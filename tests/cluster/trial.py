"""A cluster as `just cluster` runs it, in a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest

from api.cluster.control import is_whole
from api.cluster.layout import Layout, free_ports, kept_layout
from api.paths import ROOT

NEEDS_PATRONI: Final = pytest.mark.skipif(
    find_spec("patroni") is None and not os.environ.get("SKIP_NOTHING"), reason="the group `cluster` isn't installed"
)
# Seconds for the whole cluster to be there, or to be whole again.
PATIENCE: Final = 150.0


class Trial:
    """A cluster that runs: its layout, and the addresses of the instances of the service."""

    def __init__(
        self,
        environment: dict[str, str],
        folder: Path,
        ports: Sequence[int],
        process: "subprocess.Popen[bytes] | None" = None,
    ) -> None:
        self._environment = environment
        self._process = process
        self.folder = folder
        self.layout: Layout = kept_layout(folder)
        self.addresses = [f"http://127.0.0.1:{port}" for port in ports]

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        """The process of `just cluster`."""
        assert self._process is not None
        return self._process

    def run(self, *options: str) -> str:
        """What `just cluster` with options prints."""
        command = [sys.executable, "-m", "api", "cluster", *options]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, check=False, capture_output=True, text=True)
        return done.stdout + done.stderr

    def wait_until_whole(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while not is_whole(self.layout):
            if time.monotonic() > deadline:
                pytest.fail(f"the cluster isn't whole again:\n{self.run('--status')}")
            time.sleep(0.2)


@contextmanager
def running_cluster(data_dir: Path) -> Iterator[Trial]:
    """Run a cluster within the block; it's stopped as by Ctrl-C."""
    port, _ = free_ports(2)
    environment = os.environ | {"DATA_DIR": str(data_dir), "PORT": str(port), "WORKERS": "1", "LOG_LEVEL": "warning"}
    environment.pop("DATABASE_URL", None)
    output = data_dir / "output.txt"
    with output.open("w") as printed:
        process = subprocess.Popen(
            [sys.executable, "-m", "api", "cluster"], cwd=ROOT, env=environment, stdout=printed, stderr=printed
        )
    try:
        deadline = time.monotonic() + PATIENCE
        while "logs:" not in output.read_text():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the cluster didn't start:\n{output.read_text()}")
            time.sleep(0.1)
        yield Trial(environment, data_dir / "cluster", (port, port + 1), process)
    finally:
        process.terminate()
        # The services, the nodes and etcd have 20 s each.
        process.wait(120)
