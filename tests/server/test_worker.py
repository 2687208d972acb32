"""A worker process at signals, at the end of its parent, and after its start."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from api.paths import ROOT
from api.postgres.embedded import EmbeddedServer
from api.server.board import Stage
from tests.conftest import free_port
from tests.server.workers import start_worker
from tests.waiting import LONGEST, until


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("stage", [pytest.param(Stage.SERVING, marks=pytest.mark.long), Stage.READY])
def test_signals_stop_a_worker(cluster: EmbeddedServer, dsn: str, stage: Stage, number: signal.Signals) -> None:
    process, row = start_worker(cluster.service_dsn, port=0)
    until(lambda: row.stage >= stage)
    # A closing terminal tells all processes; what that means is the parent's affair.
    process.send_signal(signal.SIGHUP)
    for _ in range(3):
        process.send_signal(number)
    said, complained = process.communicate(timeout=20)
    assert (process.returncode, said, complained) == (0, "", "")
    assert row.beats > 0


def test_a_worker_that_stops_leaves_new_connections_to_others(cluster: EmbeddedServer, dsn: str) -> None:
    port = free_port()
    process, row = start_worker(cluster.service_dsn, port=port, hosts=("127.0.0.1", "127.0.0.2"))
    until(lambda: row.stage == Stage.READY)
    with socket.create_connection(("127.0.0.2", port)) as other:
        other.sendall(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n")
        assert other.recv(15) == b"HTTP/1.1 200 OK"
    until(lambda: row.connections == 0)
    with socket.create_connection(("127.0.0.1", port)) as half:
        half.sendall(b"POST /api/login HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
        until(lambda: row.connections == 1)
        process.send_signal(signal.SIGTERM)
        # It isn't counted among those that take connections, while it still answers.
        until(lambda: row.stage == Stage.CLOSED)
        assert (process.poll(), row.connections) == (None, 1)
    process.communicate(timeout=20)


# Signals that come while the worker is about to run its loop.
EARLY: Final = """
import os, signal, sys
import uvloop
from api.server import worker

run = uvloop.run

def run_later(coroutine):
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGTERM)
    run(coroutine)

uvloop.run = run_later
worker.main([int(sys.argv[1])], *map(int, sys.argv[2:]))
print("ended")
"""


def test_a_signal_before_the_loop_runs_is_not_lost(cluster: EmbeddedServer, dsn: str) -> None:
    process, _ = start_worker(cluster.service_dsn, "-c", EARLY, port=0)
    assert process.communicate(timeout=LONGEST) == ("ended\n", "")


FROZEN: Final = """
import gc, os, signal, sys
from api.server import worker

def start(self):
    print(gc.get_freeze_count() > 10_000, gc.get_threshold()[0])
    os.kill(os.getpid(), signal.SIGTERM)

worker.Listener.start = start
worker.main([int(sys.argv[1])], *map(int, sys.argv[2:]))
"""


def test_a_started_worker_excludes_its_objects_from_collection(cluster: EmbeddedServer, dsn: str) -> None:
    process, _ = start_worker(cluster.service_dsn, "-c", FROZEN, port=0)
    assert process.communicate(timeout=LONGEST) == ("True 50000\n", "")


BROKEN: Final = """
import sys
from api.server import worker

worker.encoded_families = lambda: 1 / 0
worker.main([int(sys.argv[1])], *map(int, sys.argv[2:]))
"""


def test_a_worker_that_cannot_tell_that_it_lives_says_why_and_ends(cluster: EmbeddedServer, dsn: str) -> None:
    process, _ = start_worker(cluster.service_dsn, "-c", BROKEN, port=0)
    _, said = process.communicate(timeout=LONGEST)
    assert process.returncode == 1
    assert "ZeroDivisionError" in said


# A parent that ends before its worker has asked to be killed with it.
ORPHAN: Final = """
import os, subprocess, sys, time
if len(sys.argv) == 1:
    subprocess.Popen([sys.executable, __file__, str(os.getpid())])
    os._exit(0)

from api.server.worker import _end_with_parent

while os.getppid() == int(sys.argv[1]):
    time.sleep(0.01)
print("orphaned", flush=True)
_end_with_parent(int(sys.argv[1]))
print("works on", flush=True)
"""


def test_a_worker_whose_parent_has_already_ended_ends(tmp_path: Path) -> None:
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN)
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, str(script)], env=environment, check=False, capture_output=True, text=True)
    assert ran.stdout == "orphaned\n"
