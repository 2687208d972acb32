"""Starts the cluster, and keeps it running."""

import fcntl
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
from psycopg.sql import SQL, Identifier, Literal

from api.cluster import programs
from api.cluster.control import is_whole, leader
from api.cluster.layout import DATABASE, SERVICE, Layout, kept_layout
from api.cluster.programs import ClusterError
from api.cluster.running import Running, adopt, kill_at_once, read_pids
from api.migrations import migrate
from api.migrations.progress import say_applied
from api.postgres.roles import make_roles
from api.settings import Settings
from api.terminal import say

# Seconds for etcd, and for all nodes, to be there.
_PATIENCE: Final = 120.0
_INTERVAL: Final = 0.1
INSTANCES: Final = 2


def cluster_folder(settings: Settings) -> Path:
    return settings.data_dir.resolve() / "cluster"


def run_cluster(settings: Settings) -> None:
    """Run etcd, three nodes and two instances of the service until a signal ends this process.

    Raises:
        CommandError: something doesn't start.

    """
    programs.check_installed()
    folder = cluster_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    lock = _lock(folder)
    adopt()
    layout, running = kept_layout(folder), Running(folder)
    for name, pid in read_pids(folder).items():
        # What one that was killed has left.
        kill_at_once(folder, name, pid)
    try:
        _start_nodes(layout, folder, running)
        _prepare_database(layout)
        ports = range(settings.port, settings.port + INSTANCES)
        for port in ports:
            running.start(programs.service(layout, port, folder / "service"))
        _wait(running, lambda: all(_is_ready(settings, port) for port in ports))
        for port in ports:
            say(f"ready: http://{settings.host}:{port}")
        say(f"logs: {folder}/*.log")
        while True:
            running.tend()
            time.sleep(_INTERVAL)
    finally:
        running.stop()
        os.close(lock)


def _lock(folder: Path) -> int:
    """Take a folder; returns a descriptor that holds its lock until it's closed."""
    lock = os.open(folder / "owner.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise ClusterError(f"a cluster runs in {folder} already") from None
    return lock


def _start_nodes(layout: Layout, folder: Path, running: Running) -> None:
    say(f"starting etcd and {len(layout.nodes)} nodes in {folder}")
    running.start(programs.etcd(layout, folder))
    _wait(running, lambda: _answers(f"http://127.0.0.1:{layout.etcd}/health"))
    for node in layout.nodes:
        running.start(programs.patroni(layout, node, folder))
    _wait(running, lambda: is_whole(layout))
    say(f"{leader(layout)} leads, the others follow")


def _prepare_database(layout: Layout) -> None:
    """Make the database and its roles, and migrate it, on the leader."""
    dsn = layout.dsn("postgres")
    with psycopg.connect(_maintenance(layout), autocommit=True) as connection:
        if not connection.execute("select from pg_database where datname = %s", [DATABASE]).fetchall():
            connection.execute(SQL("create database {}").format(Identifier(DATABASE)))
    migrate(dsn, report=say_applied)
    make_roles(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            SQL("alter role {} password {}").format(Identifier(SERVICE), Literal(layout.passwords[SERVICE]))
        )


def _maintenance(layout: Layout) -> str:
    return layout.dsn("postgres").replace(f"/{DATABASE}?", "/postgres?")


def _is_ready(settings: Settings, port: int) -> bool:
    return _answers(f"http://{settings.host}:{port}/health/ready")


def _answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=1) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


def _wait(running: Running, is_there: Callable[[], bool]) -> None:
    """Wait for something, while everything that was started runs.

    Raises:
        ClusterError: a program ended, or it took too long.

    """
    deadline = time.monotonic() + _PATIENCE
    while not is_there():
        if (ended := running.first_ended()) is not None:
            raise ClusterError(f"{ended} ended: {running.log(ended)} says why")
        if time.monotonic() > deadline:
            raise ClusterError(f"the cluster isn't there after {_PATIENCE:.0f} s: the logs in {running.folder} say why")
        time.sleep(_INTERVAL)
