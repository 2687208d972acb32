"""Runs what is measured: a seeded database, the service and the bare application."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from socket import socket
from typing import Final, NamedTuple

import psycopg

from api.migrations import migrate
from api.paths import ROOT
from api.postgres.embedded import EmbeddedServer
from api.postgres.roles import make_roles

# Seconds; sessions of the seed last for 30 days.
MAX_SESSION_AGE: Final = 29 * 24 * 3600
START_TIMEOUT: Final = 30
SESSIONS: Final = 5000
WORKERS: Final = 2
# Of PostgreSQL: peers may take 208 in all, and one that is tried 64 more.
_CONNECTIONS: Final = 400
# A service that has run for long makes suggestions all day long for one parent after another. Of a new seed, or an old
# one, all are due at once, so that the first measurements would share the processor with that.
_SPREAD_CHECKS: Final = """
update parent_profiles
   set last_suggestion_check = now() - mod(id, 86400) * interval '1 second',
       changed_since_check = false
"""


class System(NamedTuple):
    """An HTTP server that is measured."""

    name: str
    address: str
    pid: int


class Database(NamedTuple):
    """A seeded database: URLs for a superuser and for the service, PostgreSQL's process, and the file of tokens."""

    dsn: str
    service_dsn: str
    pid: int
    sessions: Path


@contextmanager
def seeded(data_dir: Path, families: int) -> Iterator[Database]:
    """Run a database with so many families; the last one is used again while its sessions are valid.

    Goals that were added to it since are removed, also those of a run that was cut off.
    """
    sessions = data_dir / "sessions.tsv"
    seeded_with = data_dir / "families"
    last_goal = data_dir / "last_goal"
    if not _is_usable(sessions, seeded_with, last_goal, families):
        shutil.rmtree(data_dir, ignore_errors=True)
    with EmbeddedServer(data_dir, more={"max_connections": str(_CONNECTIONS)}) as server:
        migrate(server.dsn)
        make_roles(server.dsn)
        if not seeded_with.exists():
            _seed(server.dsn, data_dir, families)
            with closing(Goals(server.dsn)) as goals:
                last_goal.write_text(str(goals.last), "ascii")
            seeded_with.write_text(str(families), "ascii")
        _settle(server.dsn, int(last_goal.read_text("ascii")))
        pid = int((server.cluster / "postmaster.pid").read_text("ascii").split()[0])
        yield Database(server.dsn, server.service_dsn, pid, sessions)


def _settle(dsn: str, last_goal: int) -> None:
    """Have the goals that were seeded, and parents who are due one after another, as after a long time of service."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("delete from parenting_goals where id > %s", [last_goal])
        connection.execute(_SPREAD_CHECKS)
        connection.execute("vacuum analyze")
        connection.execute("checkpoint")


def _is_usable(sessions: Path, seeded_with: Path, last_goal: Path, families: int) -> bool:
    return (
        sessions.exists()
        and last_goal.exists()
        and seeded_with.exists()
        and seeded_with.read_text("ascii") == str(families)
        and time.time() - sessions.stat().st_mtime < MAX_SESSION_AGE
    )


def _seed(dsn: str, data_dir: Path, families: int) -> None:
    command = [sys.executable, "-m", "api", "seed", "--yes", str(families), "--sessions", str(min(SESSIONS, families))]
    environment = os.environ | {"DATABASE_URL": dsn, "DATA_DIR": str(data_dir)}
    subprocess.run(command, cwd=ROOT, env=environment, check=True)


@contextmanager
def serving(name: str, module: str, *arguments: str, dsn: str, workers: int = WORKERS) -> Iterator[System]:
    """Run a Python module as a server that reads DATABASE_URL, PORT and WORKERS, until the block ends.

    Raises:
        RuntimeError: the server doesn't start.

    """
    command = [sys.executable, "-m", module, *arguments]
    with running(name, command, ROOT, DATABASE_URL=dsn, HOST="127.0.0.1", WORKERS=str(workers)) as system:
        yield system


@contextmanager
def running(name: str, command: Sequence[str], folder: Path, **settings: str) -> Iterator[System]:
    """Run a server that reads PORT in a folder, until the block ends.

    Raises:
        RuntimeError: the server doesn't start.

    """
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    environment = os.environ | {"LOG_LEVEL": "warning", **settings, "PORT": str(port)}
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL)
    try:
        wait_until_it_answers(process, port)
        yield System(name, f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.terminate()
        process.wait(START_TIMEOUT)


def wait_until_it_answers(process: "subprocess.Popen[bytes]", port: int) -> None:
    """Wait for a server on loopback.

    Raises:
        RuntimeError: it doesn't start.

    """
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status in {200, 404}:
                return
        except (OSError, HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(0.05)
    raise RuntimeError("a server that is to be measured doesn't start")


class Goals:
    """Removes the goals that a measurement adds, so that all measurements have the same goals."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg.connect(dsn, autocommit=True)
        found = self._connection.execute("select coalesce(max(id), 0) from parenting_goals").fetchone()
        self.last: int = found[0] if found else 0

    def restore(self) -> None:
        self._connection.execute("delete from parenting_goals where id > %s", [self.last])
        self._connection.execute("vacuum parenting_goals")

    def close(self) -> None:
        self._connection.close()
