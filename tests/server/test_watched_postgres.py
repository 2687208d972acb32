"""The embedded PostgreSQL that is killed, can't start or has no disk left: the service goes on as soon as it can."""

import asyncio
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import asyncpg
import httpx
import psycopg
import pytest

from api.postgres.embedded import EmbeddedServer
from tests.accounts import Accounts
from tests.backends import WORKERS, wait_for_workers
from tests.conftest import free_port
from tests.ledger import Ledger
from tests.server.test_serve import PYTHON, Served
from tests.waiting import LONGEST, until

pytestmark = pytest.mark.long

# The backend that adds goals.
WRITING = "select pid from pg_stat_activity where query like '%/* add_parenting_goal */%' and usename <> current_user"
# A worker's connection that listens, and begins and ends an empty transaction now and then.
LISTENING = "select count(*) from pg_stat_activity where query ~* '^(listen|begin|commit)'"
ENDED = "PostgreSQL has ended: the service answers 503 until it runs again"
TRIED = "PostgreSQL is tried again until it starts: "
AGAIN = "PostgreSQL runs again"


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    with TemporaryDirectory(prefix="nestwerk-") as folder:
        yield Path(folder)


@pytest.fixture
def served(data_dir: Path) -> Iterator[Served]:
    service = Served(PYTHON, data_dir, free_port(), LOG_LEVEL="error")
    service.wait_until_ready()
    yield service
    service.terminate()
    service.end()


def wait_until_started(dsn: str) -> None:
    """Wait until all workers have done the last thing that they do before they serve."""
    wait_for_workers(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        until(lambda: connection.execute(LISTENING).fetchall()[0][0] >= WORKERS)


@asynccontextmanager
async def writing(served: Served, dsn: str) -> AsyncIterator[Ledger]:
    """Clients that write to a service within the block."""
    wait_until_started(dsn)
    connection = await asyncpg.connect(dsn)
    async with Accounts(f"http://127.0.0.1:{served.port}", connection) as accounts:
        parent = await accounts.parent()
        connection.terminate()
        async with Ledger(parent) as ledger:
            await ledger.until(50)
            yield ledger
        await ledger.check(dsn)


async def says(served: Served, *wanted: str) -> None:
    """Wait until the service says lines, and before each at most why PostgreSQL doesn't start yet."""
    assert served.stdout
    for each in wanted:
        while True:
            line = await asyncio.wait_for(asyncio.to_thread(served.stdout.readline), LONGEST)
            if each == TRIED or not line.startswith(TRIED):
                break
        assert line.startswith(each)


def status(url: str) -> int:
    return httpx.get(url, verify=False, timeout=LONGEST).status_code


def postmaster(server: EmbeddedServer) -> int:
    return int((server.cluster / "postmaster.pid").read_text().split()[0])


def has_ended(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z")
    except OSError:
        return True


async def test_a_killed_server_is_started_again(served: Served, data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    async with writing(served, server.dsn) as ledger:
        with psycopg.connect(server.dsn) as connection:
            [(orphan,), *_] = connection.execute(WRITING).fetchall()
        # One of its processes is in the middle of something and doesn't notice.
        os.kill(orphan, signal.SIGSTOP)
        killed = postmaster(server)
        os.kill(killed, signal.SIGKILL)
        await says(served, ENDED)
        assert (await ledger.parent.client.get("/health/live")).status_code == 200
        await says(served, AGAIN)
        assert has_ended(orphan)
        assert postmaster(server) != killed
        await ledger.until(50)
        assert ledger.statuses[503]


async def test_a_server_that_does_not_start_is_tried_until_it_does(served: Served, data_dir: Path) -> None:
    server = EmbeddedServer(data_dir)
    configuration = server.cluster / "postgresql.auto.conf"
    before = configuration.read_text()
    health = f"http://127.0.0.1:{served.port}/health"
    wait_until_started(server.dsn)
    for mended in (True, False):
        configuration.write_text("nonsense = 1\n")
        try:
            os.kill(postmaster(server), signal.SIGKILL)
            await says(served, ENDED, TRIED)
            # Each worker learns by itself that it has no connection any more.
            until(lambda: status(f"{health}/ready") == 503)
            assert status(f"{health}/live") == 200
        finally:
            configuration.write_text(before)
        if mended:
            await says(served, AGAIN)
            until(lambda: status(f"{health}/ready") == 200)
    # A service that waits for its PostgreSQL ends as promptly as any.
    served.terminate()
    assert served.end()[0] == 0


@pytest.fixture
def small_disk() -> Iterator[Path]:
    with TemporaryDirectory(prefix="nestwerk-") as folder:
        mount = ["mount", "-t", "tmpfs", "-o", "size=192M,mode=711", "tmpfs", folder]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("a small disk can't be mounted here")
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=True)


def fill(path: Path) -> None:
    """Write a file that takes the room which its disk has left."""
    with path.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(65536))


def log_ahead(dsn: str) -> None:
    """Have PostgreSQL write ahead until that fails: sooner or later it needs a new file for that."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        while True:
            connection.execute("select pg_logical_emit_message(true, 'full', repeat('x', 1000000))")


@pytest.mark.long
async def test_a_full_disk(small_disk: Path) -> None:
    server = EmbeddedServer(small_disk / "data")
    served = Served(PYTHON, server.data_dir, free_port(), LOG_LEVEL="error")
    try:
        served.wait_until_ready()
        async with writing(served, server.dsn) as ledger:
            with pytest.raises(OSError, match="No space left"):
                fill(small_disk / "filling")
            with pytest.raises(psycopg.Error):
                await asyncio.to_thread(log_ahead, server.dsn)
            await says(served, ENDED, TRIED)
            assert (await ledger.parent.client.get("/health/live")).status_code == 200
            await asyncio.sleep(1)
            (small_disk / "filling").unlink()
            await says(served, AGAIN)
            await ledger.until(50)
    finally:
        served.terminate()
        assert served.end()[0] == 0
