"""A worker process at signals, at the end of its parent, and after its start."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from api.paths import ROOT
from api.postgres.embedded import EmbeddedServer

# Signals reach a process's main thread, so the worker needs a process of its own.
WORKER: Final = """
import asyncio, os, signal, sys
import uvloop
from api.server import worker

class Event:
    times = 0

    def set(self):
        self.times += 1

worker.WorkerSignal = Event
loop = uvloop.new_event_loop()
asyncio.set_event_loop(loop)
event = worker._stop_once(loop)
number = signal.Signals[sys.argv[2]]

def send_twice():
    for _ in range(2):
        os.kill(os.getpid(), number)

if sys.argv[1] == "before it runs":
    send_twice()
loop.run_until_complete(asyncio.sleep(0))
if sys.argv[1] == "between two runs":
    send_twice()

async def serve():
    if sys.argv[1] == "while it runs":
        send_twice()
    await asyncio.sleep(0.01)

loop.run_until_complete(serve())
if sys.argv[1] == "after it ran":
    send_twice()
print(event.times)
"""


@pytest.mark.parametrize("number", ["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("when", ["before it runs", "between two runs", "while it runs", "after it ran"])
def test_the_stop_event_is_set_once_whenever_signals_arrive(when: str, number: str) -> None:
    command = [sys.executable, "-c", WORKER, when, number]
    ran = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "1\n", "")


# A parent that ends before its worker has asked to be killed with it.
ORPHAN: Final = """
import multiprocessing, os, time
from api.server.worker import _end_with_parent

def work(parent):
    while os.getppid() == parent:
        time.sleep(0.01)
    print("orphaned", flush=True)
    _end_with_parent()
    print("works on", flush=True)

if __name__ == "__main__":
    multiprocessing.get_context("spawn").Process(target=work, args=(os.getpid(),)).start()
    os._exit(0)
"""


def test_a_worker_whose_parent_has_already_ended_ends(tmp_path: Path) -> None:
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, str(script)], env=environment, check=False, capture_output=True, text=True)
    assert ran.stdout == "orphaned\n"


STARTED: Final = """
import asyncio, gc
from api.server.worker import create_worker

async def start():
    async with create_worker().lifespan():
        print(gc.get_freeze_count() > 10_000, gc.get_threshold()[0])

asyncio.run(start())
"""


def test_a_started_worker_excludes_its_objects_from_collection(cluster: EmbeddedServer, dsn: str) -> None:
    environment = os.environ | {"DATABASE_URL": cluster.service_dsn}
    command = [sys.executable, "-c", STARTED]
    ran = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert (ran.stdout, ran.stderr) == ("True 50000\n", "")
