"""A request with a key whose worker is killed or whose connection is lost, at the worst moments."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

import httpx
import pytest

from api.database.aliases import Connection
from api.postgres.embedded import EmbeddedServer
from tests.accounts import Accounts, Parent
from tests.idempotency_keys.test_races import number_of_children
from tests.idempotency_keys.test_repetition import CHILD, CHILDREN, new_key
from tests.server.test_serve import Served, running

pytestmark = pytest.mark.long

# What a service's transaction waits for until the test goes on, which must be before its statement times out.
LOCK: Final = 4711
WAITING: Final = """
create function wait_for_test() returns trigger language plpgsql security definer as $$
begin
  perform pg_advisory_xact_lock(4711);
  return null;
end;
$$
"""
# Before the answer is kept, so after the child was written; and when it's committed, which then nothing stops.
BEFORE_COMMIT: Final = "create trigger wait after update on idempotency_keys execute function wait_for_test()"
IN_COMMIT: Final = """
create constraint trigger wait after insert on idempotency_keys deferrable initially deferred
for each row execute function wait_for_test()
"""
HELD: Final = "select pid from pg_locks where locktype = 'advisory' and objid = 4711 and not granted"


@pytest.fixture
def served(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> Iterator[Served]:
    with running(tmp_path, DATABASE_URL=cluster.service_dsn) as service:
        yield service


@pytest.fixture
async def parent(served: Served, database: Connection) -> AsyncIterator[Parent]:
    async with Accounts(f"http://127.0.0.1:{served.port}", database) as accounts:
        yield await accounts.parent()


@asynccontextmanager
async def held(
    database: Connection, trigger: str, parent: Parent, key: dict[str, str]
) -> AsyncIterator[tuple[int, "asyncio.Task[httpx.Response]"]]:
    """A request that is under way, held up until the block ends, and the process id of its backend."""
    await database.execute(WAITING)
    await database.execute(trigger)
    await database.execute(f"select pg_advisory_lock({LOCK})")
    request = asyncio.create_task(parent.client.post(CHILDREN, json=CHILD, headers=key))
    try:
        async with asyncio.timeout(10):
            while (pid := await database.fetchval(HELD)) is None:
                await asyncio.sleep(0.01)
        yield pid, request
    finally:
        await database.execute(f"select pg_advisory_unlock({LOCK})")
        with suppress(httpx.TransportError):
            await request
        # The backend has done what it had begun.
        while await database.fetchval(
            "select exists (select from pg_stat_activity where pid = $1 and state = 'active')", pid
        ):
            await asyncio.sleep(0.01)
        await database.execute("drop function wait_for_test cascade")


def kill_workers(served: Served) -> None:
    for pid, command in served.processes().items():
        if "api.server.worker" in command:
            os.kill(pid, signal.SIGKILL)


async def repeated(parent: Parent, key: dict[str, str]) -> httpx.Response:
    """The request again, once there's a worker for it and the one before has ended."""
    async with asyncio.timeout(30):
        while True:
            with suppress(httpx.TransportError):
                answer = await parent.client.post(CHILDREN, json=CHILD, headers=key)
                if answer.status_code not in {409, 503}:
                    return answer
            await asyncio.sleep(0.1)


@pytest.mark.parametrize(("trigger", "is_done"), [(BEFORE_COMMIT, False), (IN_COMMIT, True)], ids=["before", "in"])
async def test_its_worker_is_killed(
    served: Served, parent: Parent, database: Connection, trigger: str, is_done: bool
) -> None:
    key = new_key()
    async with held(database, trigger, parent, key) as (_, request):
        kill_workers(served)
        with pytest.raises(httpx.TransportError):
            await request
    assert await number_of_children(database, parent) == int(is_done)
    answer = await repeated(parent, key)
    assert answer.status_code == 201
    assert ("idempotent-replayed" in answer.headers) == is_done
    assert await number_of_children(database, parent) == 1
    assert (await parent.client.get(answer.headers["location"])).json() == answer.json()


@pytest.mark.parametrize(
    ("trigger", "code"), [(BEFORE_COMMIT, "database_unavailable"), (IN_COMMIT, "outcome_unknown")], ids=["before", "in"]
)
async def test_its_backend_is_lost(parent: Parent, database: Connection, trigger: str, code: str) -> None:
    key = new_key()
    async with held(database, trigger, parent, key) as (pid, request):
        await database.execute("select pg_terminate_backend($1)", pid)
        assert (await request).json()["code"] == code
    assert await number_of_children(database, parent) == 0
    answer = await repeated(parent, key)
    assert answer.status_code == 201
    assert "idempotent-replayed" not in answer.headers
    assert await number_of_children(database, parent) == 1
