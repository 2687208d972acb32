"""The service while PostgreSQL is killed, locked and migrated: acknowledged writes are stored, once."""

import asyncio
import contextlib
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

import asyncpg
import httpx
import pytest

from api.database.aliases import Connection
from api.database.single import SINGLE_CONNECTIONS
from api.migrations import migrate
from api.postgres.embedded import EmbeddedServer
from api.postgres.programs import EmbeddedServerError
from api.postgres.roles import make_roles
from tests.accounts import Accounts, Parent
from tests.backends import WORKERS, wait_for_workers
from tests.conftest import running_service
from tests.ledger import Ledger
from tests.waiting import LONGEST, until

pytestmark = pytest.mark.long

COMPLETE: Final = {
    "basicInfo": {"name": "Noor", "parentType": "mom", "experienceLevel": "first_time"},
    "stressAssessment": {"stressLevel": "moderate", "primaryConcerns": [], "supportNetwork": []},
}


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    """A cluster that tests may kill."""
    with tempfile.TemporaryDirectory(prefix="nestwerk-disruptions-") as folder, EmbeddedServer(Path(folder)) as started:
        migrate(started.dsn)
        make_roles(started.dsn)
        yield started


@pytest.fixture(scope="module")
def address(server: EmbeddedServer) -> Iterator[str]:
    with running_service(server.service_dsn, log_level="error") as address:
        wait_for_workers(server.dsn)
        yield address


@pytest.fixture
async def parent(server: EmbeddedServer, address: str) -> AsyncIterator[Parent]:
    connection = await connected(server.dsn)
    try:
        async with Accounts(address, connection) as accounts:
            yield await accounts.parent()
    finally:
        connection.terminate()


async def until_answered(parent: Parent, status: int, path: str, body: object = None) -> httpx.Response:
    """Ask until the answer has a status: each worker, and each of its sessions, learns of a change by itself."""
    async with asyncio.timeout(LONGEST):
        while True:
            answer = await parent.client.request("GET" if body is None else "POST", path, json=body)
            if answer.status_code == status:
                return answer
            await asyncio.sleep(0.05)


async def connected(dsn: str) -> Connection:
    connection: Connection = await asyncpg.connect(dsn)
    return connection


async def test_killed_backends(server: EmbeddedServer, parent: Parent) -> None:
    connection = await connected(server.dsn)
    async with Ledger(parent) as ledger:
        await ledger.until(20)
        for _ in range(5):
            pids = await connection.fetch(
                "select pid from pg_stat_activity where application_name = 'nestwerk' and pid <> pg_backend_pid()"
            )
            for row in pids:
                await connection.execute("select pg_terminate_backend($1)", row["pid"])
            await ledger.until(20)
    await connection.close()
    await ledger.check(server.dsn)
    await asyncio.to_thread(wait_for_workers, server.dsn)


async def test_backends_killed_by_sigkill(server: EmbeddedServer, parent: Parent) -> None:
    async with Ledger(parent) as ledger:
        await ledger.until(50)
        for kills in range(20):
            # It may have been idle again each time.
            if kills >= 3 and ledger.statuses[500]:
                break
            # PostgreSQL then ends all other backends and recovers.
            os.kill(await writing(server.dsn), signal.SIGKILL)
            await ledger.until(50)
    await ledger.check(server.dsn)
    assert ledger.statuses[500]
    await asyncio.to_thread(wait_for_workers, server.dsn)


async def writing(dsn: str) -> int:
    """Process id of a backend that is adding goals."""
    async with asyncio.timeout(LONGEST):
        while True:
            with contextlib.suppress(asyncpg.PostgresError, OSError):
                connection = await connected(dsn)
                pid = await connection.fetchval(
                    "select pid from pg_stat_activity where state = 'active' and pid <> pg_backend_pid()"
                    " and query like '%/* add_parenting_goal */%'"
                )
                await connection.close()
                if pid:
                    return int(pid)


async def test_killed_server(server: EmbeddedServer, parent: Parent) -> None:
    async with Ledger(parent) as ledger:
        await ledger.until(50)
        refused = ledger.statuses[503]
        os.kill(int((server.cluster / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        await until_answered(parent, 503, "/health/ready")
        async with asyncio.timeout(LONGEST):
            while ledger.statuses[503] == refused:
                await asyncio.sleep(0.01)
        assert (await parent.client.get("/health/live")).status_code == 200
        await asyncio.to_thread(restart, server)
        await ledger.until(50)
    await ledger.check(server.dsn)
    await asyncio.to_thread(wait_for_workers, server.dsn)
    await until_answered(parent, 200, "/health/ready")


def restart(server: EmbeddedServer) -> None:
    """Start the server again in the same directory."""
    server.stop()

    def has_started() -> bool:
        # The killed server's backends take a moment to end.
        with contextlib.suppress(EmbeddedServerError):
            server.start()
            return True
        return False

    until(has_started)


async def test_a_migration_under_traffic_causes_no_error(server: EmbeddedServer, parent: Parent) -> None:
    connection = await connected(server.dsn)
    document = {"basicInfo": {"name": "Noor", "parentType": "mom", "experienceLevel": "first_time"}}
    async with Ledger(parent) as ledger:
        for _ in range(5):
            for table in ("parenting_goals", "parent_profiles", "users", "sessions"):
                await connection.execute(f"alter table {table} add column extra text")
                await connection.execute(f"alter table {table} drop column extra")
            for type in ("varchar", "text"):
                # The results' types change: "cached plan must not change result type".
                await connection.execute(f"alter table parenting_goals alter column title type {type}")
                await connection.execute(f"alter table parent_profiles alter column name type {type}")
                await ledger.until(5)
            saved = await parent.client.post("/api/onboarding/progress", json={"step": 4, "data": document})
            assert saved.status_code == 200, saved.text
            family = await parent.client.get("/api/users/me?include=childProfiles,parentingGoals")
            assert family.status_code == 200, family.text
            await ledger.until(20)
    await connection.close()
    assert set(ledger.statuses) == {201}


async def test_a_migration_before_a_transaction_causes_no_error(server: EmbeddedServer, parent: Parent) -> None:
    connection = await connected(server.dsn)
    for _ in range(2):
        # Once on every connection of the pool, so that each has prepared the statement.
        answers = await asyncio.gather(
            *[
                parent.client.post("/api/onboarding/complete", json=COMPLETE)
                for _ in range(WORKERS * SINGLE_CONNECTIONS * 2)
            ]
        )
        assert {answer.status_code for answer in answers} == {200}
        await connection.execute("alter table parent_profiles alter column name type varchar")
        answer = await parent.client.post("/api/onboarding/complete", json=COMPLETE)
        assert answer.status_code == 200, answer.text
        await connection.execute("alter table parent_profiles alter column name type text")
    await connection.close()


async def test_a_locked_row_delays_no_other_request(server: EmbeddedServer, parent: Parent) -> None:
    goals = [
        (await parent.client.post("/api/parenting-goals", json={"title": f"goal {number}"})).json()["id"]
        for number in range(20)
    ]
    connection = await connected(server.dsn)
    for _ in range(10):
        async with connection.transaction():
            await connection.execute("select from parenting_goals where id = $1 for update", goals[7])
            answers = [
                asyncio.create_task(parent.client.patch(f"/api/parenting-goals/{id}", json={"priority": 5}))
                for id in goals
            ]
            others = answers[:7] + answers[8:]
            assert {answer.status_code for answer in await asyncio.gather(*others)} == {200}
            still_waits = not answers[7].done()
        # It waits as a single call would, within bounds.
        last = await answers[7]
        if still_waits:
            break
        # A machine that is slow just now may have taken the others for as long as the locked one may wait.
        assert last.status_code == 503
    assert (still_waits, last.status_code) == (True, 200)
    await connection.close()


async def test_a_locked_table_delays_nobody_for_long(server: EmbeddedServer, parent: Parent) -> None:
    connection = await connected(server.dsn)
    async with connection.transaction():
        await connection.execute("lock table parenting_goals in access exclusive mode")
        # Several times as long as statements may take.
        async with asyncio.timeout(30):
            answers = await asyncio.gather(
                *[parent.client.get("/api/parenting-goals/1") for _ in range(20)],
                *[parent.client.get("/api/child-profiles/1") for _ in range(20)],
            )
        assert {answer.status_code for answer in answers[:20]} == {503}
        assert all("retry-after" in answer.headers for answer in answers[:20])
        assert {answer.status_code for answer in answers[20:]} <= {404, 503}
    await connection.close()
    await until_answered(parent, 404, "/api/parenting-goals/1")


async def test_locked_tables_leave_the_service_ready(server: EmbeddedServer, parent: Parent) -> None:
    connection = await connected(server.dsn)
    async with connection.transaction():
        await connection.execute("lock table parenting_goals, child_profiles in access exclusive mode")
        held = [
            asyncio.create_task(parent.client.request(method, f"/api/{noun}/1", json=body))
            for noun, change in (("parenting-goals", {"priority": 1}), ("child-profiles", {"age": 1}))
            for method, body in (("GET", None), ("PATCH", change))
            for _ in range(8)
        ]
        await asyncio.sleep(0.5)
        # Requests outside batches, such as logins, still get a connection.
        answers = [await parent.client.get("/health/ready") for _ in range(8)]
        assert {answer.status_code for answer in answers} == {200}
    # 429, as one account has asked for all of these.
    assert {answer.status_code for answer in await asyncio.gather(*held)} <= {404, 429, 503}
    await connection.close()


async def test_a_server_that_takes_no_writes_any_more(server: EmbeddedServer, parent: Parent) -> None:
    """Sessions to one that became a standby: what did nothing is tried anew, and refused if that doesn't help."""
    connection = await connected(server.dsn)
    document = {"step": 1, "data": {}}
    await connection.execute("alter system set default_transaction_read_only = on")
    await connection.execute("select pg_reload_conf()")
    try:
        for path, body in (("parenting-goals", {"title": "Rust"}), ("onboarding/progress", document)):
            refused = await until_answered(parent, 503, f"/api/{path}", body)
            assert refused.json()["code"] == "database_unavailable"
            assert refused.headers["Retry-After"] == "1"
        assert (await parent.client.get("/api/parenting-goals")).status_code == 200
        await until_answered(parent, 503, "/health/ready")
    finally:
        await connection.execute("set default_transaction_read_only = off")
        await connection.execute("alter system reset default_transaction_read_only")
        await connection.execute("select pg_reload_conf()")
        await connection.close()
    await until_answered(parent, 201, "/api/parenting-goals", {"title": "Rust"})
    await until_answered(parent, 200, "/api/onboarding/progress", document)
    await until_answered(parent, 200, "/health/ready")


async def test_a_commit_that_no_standby_has_is_no_success(server: EmbeddedServer, parent: Parent) -> None:
    connection = await connected(server.dsn)
    await connection.execute("alter system set synchronous_standby_names = 'nobody'")
    await connection.execute("select pg_reload_conf()")
    try:
        for path, body in (
            ("parenting-goals", {"title": "Rust"}),
            ("onboarding/progress", {"step": 1, "data": {"basicInfo": {"name": "Noor"}}}),
        ):
            answer = await cut_off(connection, parent, f"/api/{path}", body)
            assert (answer.status_code, answer.json()["code"]) == (500, "outcome_unknown")
    finally:
        await connection.execute("alter system reset synchronous_standby_names")
        await connection.execute("select pg_reload_conf()")
        await connection.close()
    await asyncio.to_thread(wait_for_workers, server.dsn)


async def cut_off(connection: Connection, parent: Parent, path: str, body: object) -> httpx.Response:
    """The answer to a request whose commit waited for a standby until that was cancelled."""
    async with asyncio.timeout(LONGEST):
        while True:
            asked = asyncio.create_task(parent.client.post(path, json=body))
            while not asked.done():
                if await connection.fetchval(
                    "select count(pg_cancel_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'"
                ):
                    return await asked
                await asyncio.sleep(0.01)
            # Its session may not have heard yet that commits wait.
            answer = await asked
            if not answer.is_success:
                return answer
