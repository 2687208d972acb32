"""Fixtures: a PostgreSQL cluster, a migrated database and a running service for each pytest process."""

import gc
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

import asyncpg
import httpx
import psycopg
import pytest

from api.database.aliases import Connection
from api.database.pool import Pool, open_pool
from api.database.queries import attached, bind_columns, merged_statements
from api.migrations import migrate
from api.paths import ROOT
from api.postgres.embedded import DATABASE, EmbeddedServer
from api.postgres.roles import make_roles
from tests.accounts import Accounts
from tests.checks.working_tree import Tree
from tests.mail.mailbox import mailbox
from tests.migrations.migration_files import Folder
from tests.waiting import LONGEST

_names = count()
# Makes a database of a name, and returns its address for a superuser.
NewDatabase = Callable[[str], str]

if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    # Dozens of processes would compile the same modules, so they share compiled ones, outside the tree.
    _compiled = TemporaryDirectory(prefix="nestwerk-")
    os.environ["PYTHONPYCACHEPREFIX"] = _compiled.name


def pytest_configure() -> None:
    """Have Ctrl-C interrupt what tests start, also where they run in the background of a shell, which ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the file that takes longest, so that no process is left alone with it."""
    items.sort(key=lambda item: item.path.name != "test_schemathesis.py")


def pytest_collectstart() -> None:
    """Leave garbage until all is collected: thousands of tests stay, and aren't worth looking through each time."""
    gc.disable()


def pytest_collection_finish() -> None:
    # What collecting left unclosed is told now.
    gc.collect()
    gc.freeze()
    gc.enable()


# Most tests look for what a service says; those of the log choose its format.
os.environ["LOG_FORMAT"] = "text"


@pytest.fixture(scope="session")
def cluster() -> Iterator[EmbeddedServer]:
    """PostgreSQL cluster of this pytest process."""
    # Not in pytest's folder: each pytest closes that to others, such as the user that PostgreSQL has under root.
    with TemporaryDirectory(prefix="nestwerk-") as data_dir, EmbeddedServer(Path(data_dir)) as server:
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            # The data needn't survive a crash; tests that kill a server have clusters of their own.
            connection.execute("alter system set fsync = off")
            connection.execute("select pg_reload_conf()")
        yield server


@pytest.fixture(scope="session")
def maintenance(cluster: EmbeddedServer) -> Iterator[psycopg.Connection]:
    """Makes and drops databases. It's in none that tests use, as one that somebody is in can't be copied."""
    with psycopg.connect(cluster.dsn, dbname="postgres", autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def migrated_copy(cluster: EmbeddedServer, maintenance: psycopg.Connection) -> NewDatabase:
    """Makes migrated databases without roles, by their names: a copy takes a tenth of the time of migrating another."""
    migrate(cluster.dsn)

    def copy(name: str, template: str = "migrated") -> str:
        # A fixture may be made anew, as where mutants are tried.
        maintenance.execute(f"drop database if exists {name} with (force)".encode())
        maintenance.execute(f"create database {name} template {template}".encode())
        return cluster.dsn.replace(f"/{DATABASE}?", f"/{name}?")

    copy("migrated", DATABASE)
    return copy


@pytest.fixture(scope="session")
def dsn(cluster: EmbeddedServer, migrated_copy: NewDatabase) -> str:
    """Address of a migrated database, for a superuser."""
    make_roles(cluster.dsn)
    return cluster.dsn


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service keeps its files."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def service(cluster: EmbeddedServer, dsn: str, data_dir: Path) -> Iterator[str]:
    """Base address of a service with two workers, which connects as the service's role."""
    # No suggestions are made meanwhile, so that a profile that is read twice is the same.
    with running_service(
        cluster.service_dsn,
        log_level="warning",
        DATA_DIR=str(data_dir),
        SUGGESTION_HOURS="0",
        ALLOWED_ORIGINS="capacitor://localhost,https://app.example.org",
    ) as address:
        yield address


@pytest.fixture
async def client(service: str) -> AsyncIterator[httpx.AsyncClient]:
    """An anonymous client: no cookie, no token."""
    async with httpx.AsyncClient(base_url=service, timeout=30, verify=False) as anonymous:
        yield anonymous


@pytest.fixture
async def accounts(service: str, database: Connection) -> AsyncIterator[Accounts]:
    """Makes users, families and their clients."""
    async with Accounts(service, database) as made:
        yield made


@pytest.fixture(scope="session")
async def _connection(dsn: str) -> AsyncIterator[Connection]:
    """One connection for all tests: a new one has empty caches, and is 10 ms slower."""
    connection = await asyncpg.connect(dsn)
    try:
        yield connection
    finally:
        await connection.close()


@pytest.fixture(scope="module")
async def _pool(cluster: EmbeddedServer, dsn: str) -> AsyncIterator[Pool]:
    """One pool for all tests of a module: to open it and read the statements' columns takes 0.1 s."""
    async with open_pool(cluster.service_dsn, merged_statements()) as opened:
        async with opened.connection() as connection:
            await bind_columns(connection)
        yield opened


@pytest.fixture
async def pool(_pool: Pool) -> AsyncIterator[None]:
    """Has this process run the statements as a worker does."""
    with attached(_pool):
        yield


@pytest.fixture
async def database(_connection: Connection) -> AsyncIterator[Connection]:
    """A connection to the service's database, reset after the test."""
    try:
        yield _connection
    finally:
        await _connection.reset()


@pytest.fixture
def empty(cluster: EmbeddedServer, maintenance: psycopg.Connection) -> Iterator[str]:
    """Address of an empty database for one test."""
    name = f"empty_{next(_names)}"
    maintenance.execute(f"create database {name}".encode())
    yield cluster.dsn.replace(f"/{DATABASE}?", f"/{name}?")
    maintenance.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
def migrated(maintenance: psycopg.Connection, migrated_copy: NewDatabase) -> Iterator[str]:
    """Address of a migrated database without roles for one test."""
    name = f"migrated_{next(_names)}"
    yield migrated_copy(name)
    maintenance.execute(f"drop database {name} with (force)".encode())


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A folder with two migrations."""
    made = Folder(tmp_path)
    made.add("0001_pets")
    made.add("0002_toys")
    return made


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running_service(
    dsn: str,
    *,
    log_level: str,
    workers: int = 2,
    output: IO[bytes] | None = None,
    host: str = "127.0.0.1",
    command: Sequence[str] = (),
    **settings: str,
) -> Iterator[str]:
    """Base address of a service that runs within the block; `output` gets what it prints.

    `command` is what runs it, if it isn't run directly.
    """
    port = free_port()
    address = f"http://{host}:{port}"
    environment = os.environ | {
        "DATABASE_URL": dsn,
        "HOST": host,
        "PORT": str(port),
        "WORKERS": str(workers),
        "LOG_LEVEL": log_level,
        "SMTP_URL": mailbox.url,
        **settings,
    }
    process = subprocess.Popen(
        [*command, sys.executable, "-m", "api", "serve"], cwd=ROOT, env=environment, stdout=output, stderr=output
    )
    try:
        wait_until_ready(process, address)
        yield address
    finally:
        process.terminate()
        process.wait(LONGEST)


def wait_until_ready(process: subprocess.Popen[bytes], address: str) -> None:
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        if process.poll() is not None:
            pytest.fail(f"the service ended with status {process.returncode}")
        try:
            if httpx.get(f"{address}/health/ready", verify=False).status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    pytest.fail("the service did not become ready")
