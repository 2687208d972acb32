"""Reads on standbys: they show what was confirmed, whatever standbys and leader do meanwhile."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from time import monotonic
from urllib.parse import quote

import asyncpg
import httpx
import psycopg
import pytest

from api.database.connections import connect
from api.database.lookout import Lookout
from api.database.pool import Pool, open_pool
from api.database.queries import merged_statements
from api.database.standbys import asking, confirmed
from api.database.standbys import standby as states
from api.database.worker_connections import ConnectFor
from api.postgres.embedded import EmbeddedServer
from tests.accounts import Accounts, Parent
from tests.standbys.conftest import reading_service
from tests.standbys.following import Follower
from tests.waiting import until

pytestmark = pytest.mark.long


async def executions(server: EmbeddedServer, statement: str) -> int:
    """How many executions of a statement a server has seen."""
    connection = await asyncpg.connect(server.dsn)
    try:
        found: int = await connection.fetchval(
            "select coalesce(sum(calls), 0)::int from pg_stat_statements where query like '%' || $1 || '%'",
            f"/* {statement} */",
        )
        return found
    finally:
        await connection.close()


def _pause(standby: Follower) -> None:
    """Have a standby replay nothing more, which `pg_wal_replay_pause` only asks it for."""
    with psycopg.connect(standby.dsn, autocommit=True) as connection:
        connection.execute("select pg_wal_replay_pause()")
        until(lambda: connection.execute("select pg_get_wal_replay_pause_state()").fetchall() == [("paused",)])


@contextmanager
def paused(*standbys: Follower) -> Iterator[None]:
    """Have standbys receive and not replay within the block."""
    try:
        for standby in standbys:
            _pause(standby)
        yield
    finally:
        for standby in standbys:
            with psycopg.connect(standby.dsn, autocommit=True) as connection:
                connection.execute("select pg_wal_replay_resume()")


@asynccontextmanager
async def clients(parent: Parent, instances: list[str]) -> AsyncIterator[list[httpx.AsyncClient]]:
    """A client of each instance with a parent's session."""
    opened = [
        httpx.AsyncClient(base_url=address, headers=parent.client.headers, timeout=60, verify=False)
        for address in instances
    ]
    try:
        yield opened
    finally:
        for client in opened:
            await client.aclose()


async def wait_until_used(parent: Parent, standby: Follower) -> None:
    """Read until a standby answers."""
    before = await executions(standby, "list_child_profiles")
    async with asyncio.timeout(120):
        while await executions(standby, "list_child_profiles") == before:
            answers = [parent.client.get("/api/child-profiles") for _ in range(16)]
            assert {answer.status_code for answer in await asyncio.gather(*answers)} == {200}


async def test_reads_go_to_both_standbys(accounts: Accounts, standbys: list[Follower]) -> None:
    parent = await accounts.parent()
    for standby in standbys:
        await wait_until_used(parent, standby)


async def test_writes_are_read_wherever_they_were_made(
    accounts: Accounts, instances: list[str], standbys: list[Follower]
) -> None:
    parent = await accounts.parent()
    await wait_until_used(parent, standbys[0])
    async with clients(parent, instances) as (here, there):
        goal = (await here.post("/api/parenting-goals", json={"title": "0"})).json()
        path = f"/api/parenting-goals/{goal['id']}"
        for behind in ((), standbys[:1], standbys[1:], standbys):
            with paused(*behind):
                for number in range(30):
                    title = f"{len(behind)} {number}"
                    assert (await here.patch(path, json={"title": title})).status_code == 200
                    assert (await there.get(path)).json()["title"] == title
                    assert (await here.get("/api/parenting-goals")).json()["items"][0]["title"] == title


async def test_an_ended_session_is_accepted_by_no_standby(
    accounts: Accounts, instances: list[str], standbys: list[Follower]
) -> None:
    with paused(*standbys):
        parent = await accounts.parent()
        async with clients(parent, instances) as (here, there):
            assert (await there.get("/api/users/me")).status_code == 200
            assert (await here.post("/api/logout")).status_code == 200
            assert (await here.get("/api/users/me")).status_code == 401
            # A caller would be forgotten after five seconds in any case.
            async with asyncio.timeout(4):
                while (await there.get("/api/users/me")).status_code == 200:
                    await asyncio.sleep(0.01)


async def test_a_standby_that_is_cancelled_or_killed_costs_no_answer(
    accounts: Accounts, standbys: list[Follower]
) -> None:
    parent = await accounts.parent()
    await wait_until_used(parent, standbys[0])
    superuser = await asyncpg.connect(standbys[0].dsn)
    most = await _longest_now(parent, 1, readers=4)
    for end in ("pg_cancel_backend", "pg_terminate_backend"):
        reading = [asyncio.create_task(_read_for(parent, 0.5)) for _ in range(4)]
        while not all(task.done() for task in reading):
            await superuser.execute(
                f"select {end}(pid) from pg_stat_activity where usename = 'nestwerk_service' and state = 'active'"
            )
            await asyncio.sleep(0.002)
        assert max(await asyncio.gather(*reading)) < most
    await superuser.close()


async def test_a_standby_that_hangs_or_is_gone_costs_no_answer(accounts: Accounts, standbys: list[Follower]) -> None:
    parent = await accounts.parent()
    await wait_until_used(parent, standbys[0])
    most = await _longest_now(parent, 1.5)
    pids = [int((standby.cluster / "postmaster.pid").read_text().split()[0]) for standby in standbys[:1]]
    with psycopg.connect(standbys[0].dsn) as superuser:
        pids += [
            pid for (pid,) in superuser.execute("select pid from pg_stat_activity where usename = 'nestwerk_service'")
        ]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        longest = await _read_for(parent, 2)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
    assert longest < most
    await wait_until_used(parent, standbys[0])
    standbys[0].stop()
    assert await _read_for(parent, 1) < most
    standbys[0].start()
    await wait_until_used(parent, standbys[0])


async def _read_for(parent: Parent, seconds: float) -> float:
    """Read for some seconds; returns the longest that an answer took."""
    longest, end = 0.0, monotonic() + seconds
    while monotonic() < end:
        begun = monotonic()
        answer = await parent.client.get("/api/child-profiles")
        assert answer.status_code == 200, answer.text
        longest = max(longest, monotonic() - begun)
    return longest


async def _longest_now(parent: Parent, seconds: float, readers: int = 1) -> float:
    """Seconds within which answers come that `seconds` is enough for, on a machine that is as busy as it's now."""
    calm = await asyncio.gather(*(_read_for(parent, 0.5) for _ in range(readers)))
    return seconds + 10 * max(calm)


async def test_reads_go_on_without_a_leader(
    leader: EmbeddedServer, accounts: Accounts, instances: list[str], standbys: list[Follower]
) -> None:
    parent, left = await accounts.parent(), await accounts.parent()
    goal = (await parent.client.post("/api/parenting-goals", json={"title": "before"})).json()
    path = f"/api/parenting-goals/{goal['id']}"
    await wait_until_used(parent, standbys[1])
    # A leader that takes long to answer counts as gone for a moment.
    async with asyncio.timeout(30):
        while "Data-Age" in (await parent.client.get(path)).headers:
            await asyncio.sleep(0.05)
    with paused(standbys[0]):
        assert (await parent.client.patch(path, json={"title": "after"})).status_code == 200
        assert (await left.client.post("/api/logout")).status_code == 200
        leader._postmaster.stop()
        try:
            async with clients(parent, instances) as both:
                for client in both * 20:
                    answer = await client.get(path)
                    assert (answer.status_code, answer.json()["title"]) == (200, "after")
                    assert answer.headers["Data-Age"].isdigit()
                    assert (await client.get("/api/users/me/activity")).status_code == 200
            async with clients(left, instances) as both:
                for client in both:
                    assert (await client.get("/api/users/me")).status_code == 401
            refused = await parent.client.patch(path, json={"title": "never"})
            assert (refused.status_code, refused.json()["code"]) == (503, "database_unavailable")
            assert refused.headers["Retry-After"] == "1"
            assert (await parent.client.get("/health/ready")).status_code == 503
            standbys[1].stop()
            # The other one may lack what was confirmed.
            async with asyncio.timeout(60):
                while (await parent.client.get(path)).status_code == 200:
                    assert (await parent.client.get(path)).json().get("title") != "before"
                    await asyncio.sleep(0.1)
        finally:
            leader.restart(lambda: False)
            if not standbys[1].is_running():
                standbys[1].start()
    async with asyncio.timeout(120):
        while "Data-Age" in (answer := await parent.client.get(path)).headers or answer.status_code != 200:
            await asyncio.sleep(0.1)
        while (await parent.client.patch(path, json={"title": "again"})).status_code != 200:
            await asyncio.sleep(0.1)
    assert (await parent.client.get(path)).json()["title"] == "again"


async def test_a_role_that_may_not_see_whom_standbys_follow_reads_from_the_leader(
    leader: EmbeddedServer, accounts: Accounts, standbys: list[Follower], read_url: str
) -> None:
    parent = await accounts.parent()
    with psycopg.connect(leader.dsn, autocommit=True) as superuser:
        superuser.execute("revoke pg_read_all_stats from nestwerk_service")
        try:
            with reading_service(leader, read_url) as address:
                before = [await executions(standby, "list_child_profiles") for standby in standbys]
                async with clients(parent, [address]) as (client,):
                    for _ in range(20):
                        assert (await client.get("/api/child-profiles")).status_code == 200
                assert [await executions(standby, "list_child_profiles") for standby in standbys] == before
        finally:
            superuser.execute("grant pg_read_all_stats to nestwerk_service")


@pytest.mark.usefixtures("instances")
async def test_who_goes_on_to_the_leader_finds_there_what_a_standby_showed(
    leader: EmbeddedServer,
    standbys: list[Follower],
    read_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A standby shows a commit that still waits for a word, and the leader doesn't yet."""
    monkeypatch.setattr(confirmed, "SETTLE", 20.0)
    monkeypatch.setattr(confirmed, "_SETTLE_PATIENCE", 20.0)
    monkeypatch.setattr(asking, "PATIENCE", 20.0)
    async with open_pool(leader.service_dsn, merged_statements(), read_url) as pool:
        assert pool._standbys is not None
        await asyncio.wait_for(pool._standbys.settled(), 60)
        superuser, writer = await asyncpg.connect(leader.dsn), await asyncpg.connect(leader.dsn)
        shown = await asyncpg.connect(standbys[0].dsn)
        await superuser.execute("alter system set synchronous_standby_names = 'ANY 1 (nobody)'")
        await superuser.execute("select pg_reload_conf()")
        try:
            # What sends the log confirms commits by the old setting until it has read the new one.
            async with asyncio.timeout(20):
                while await superuser.fetchval(
                    "select exists (select from pg_stat_replication where sync_priority > 0)"
                ):
                    await asyncio.sleep(0.01)
            write = asyncio.create_task(
                writer.execute("update schedules set due_at = 'infinity' where name = 'cleaning'")
            )
            async with asyncio.timeout(20):
                while not await shown.fetchval("select due_at = 'infinity' from schedules where name = 'cleaning'"):
                    await asyncio.sleep(0.01)
            settled = asyncio.create_task(pool._standbys.settled())
            await asyncio.sleep(0.5)
            assert not await superuser.fetchval("select due_at = 'infinity' from schedules where name = 'cleaning'")
            assert not settled.done()
        finally:
            await superuser.execute("alter system set synchronous_standby_names = 'ANY 1 (one, two)'")
            await superuser.execute("select pg_reload_conf()")
        await settled
        assert await superuser.fetchval("select due_at = 'infinity' from schedules where name = 'cleaning'")
        await write
        await superuser.execute("update schedules set due_at = now() where name = 'cleaning'")
        for connection in (superuser, writer, shown):
            await connection.close()


@pytest.mark.usefixtures("instances")
async def test_a_standby_is_not_read_over_another_name_s_connection_or_database(
    leader: EmbeddedServer, standbys: list[Follower]
) -> None:
    with psycopg.connect(leader.dsn, autocommit=True) as superuser:
        superuser.execute("create database other")
    urls = [
        leader.service_dsn.replace(quote(str(leader.cluster), safe=""), quote(str(each.cluster), safe=""))
        for each in standbys
    ]
    turns = iter(urls * 100)

    def connecting(found: Callable[[], str]) -> ConnectFor:
        return lambda statements: connect(found(), merged=statements)

    reading = {
        "one": connecting(lambda: urls[0]),
        # A name that leads to one server after another.
        "several": connecting(lambda: next(turns)),
        "other": connecting(lambda: urls[1].replace("/nestwerk?", "/other?")),
    }
    pool = Pool(connecting(lambda: leader.service_dsn), merged_statements(), Lookout(), reading)
    await pool.open()
    try:
        assert pool._standbys is not None
        expected = [states.FOLLOWS, states.SEVERAL, states.FOREIGN]
        async with asyncio.timeout(60):
            while [standby.state for standby in pool._standbys._standbys] != expected:
                await asyncio.sleep(0.05)
    finally:
        await pool.close()


async def test_migrations_and_vacuum_cost_no_read(
    leader: EmbeddedServer, accounts: Accounts, standbys: list[Follower]
) -> None:
    parent = await accounts.parent()
    await wait_until_used(parent, standbys[0])
    most = await _longest_now(parent, 1.5, readers=4)
    reading = [asyncio.create_task(_read_for(parent, 1.5)) for _ in range(4)]
    admin = await asyncpg.connect(leader.dsn)
    while not all(task.done() for task in reading):
        await admin.execute("alter table child_profiles add column more integer")
        await admin.execute("alter table child_profiles alter column more type text")
        await admin.execute("alter table child_profiles drop column more")
        await admin.execute("vacuum child_profiles")
        await asyncio.sleep(0.02)
    await admin.close()
    assert max(await asyncio.gather(*reading)) < most
