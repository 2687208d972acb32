"""Programs of the cluster are started and stopped."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.cluster.programs import Program
from api.cluster.running import Running, read_pids
from tests.interrupted_start import interrupted_start


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """`stop` ignores signals from then on, as nothing comes after it."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_an_interruption_while_a_program_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # It would take the exit statuses of other tests' programs too, as all children of its process are the recipe's.
    monkeypatch.setattr(Running, "_reap", lambda _: None)
    running = Running(tmp_path)
    program = Program("sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], os.environ)
    with interrupted_start(monkeypatch):
        running.start(program)
    assert running.first_ended() is None
    running.stop()
    assert running.first_ended() == "sleeper"
    assert read_pids(tmp_path) == {}
