"""Writes that were given up while their backend was stopped: none is sent until that backend is gone."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, cast

import asyncpg
import pytest
from msgspec.structs import replace

from api.database import given_up as given_up_module
from api.database.aliases import Connection
from api.database.connections import OPTIONS, connect
from api.database.given_up import PATIENCE, GivenUp
from api.database.lookout import Lookout
from api.database.pool import Pool, open_pool
from api.database.retries import OutcomeUnknown
from api.database.sessions import session_of
from api.database.statements.files import Statement, read_statement_file
from tests.database.proxy import Proxy

SQL: Final = """-- Counters, one call at a time.

-- name: set_counter :exec
update merged_counters set value = :value where id = 1;

-- name: set_counter_slowly :exec
update merged_counters set value = :value from pg_sleep(0.3) where id = 1;

-- name: get_counter :value
select value from merged_counters where id = 1;
"""


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Statement]:
    path: Path = tmp_path_factory.mktemp("queries") / "single.sql"
    path.write_text(SQL)
    return {statement.name: statement for statement in read_statement_file(path)}


@pytest.fixture
async def pool(dsn: str, table: Connection, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pool]:
    """A pool whose single statements are given up after half a second."""
    await table.execute("insert into merged_counters values (1, 0)")
    monkeypatch.setitem(OPTIONS, "command_timeout", 0.5)
    async with open_pool(dsn, []) as opened:
        yield opened


async def backend(table: Connection, name: str) -> int:
    """Process id of the backend that ran a statement last."""
    pid: int = await table.fetchval(
        "select pid from pg_stat_activity where query like $1 and pid <> pg_backend_pid()"
        " order by state_change desc limit 1",
        f"%/* {name} */%",
    )
    return pid


@pytest.mark.parametrize("name", ["set_counter", pytest.param("set_counter_slowly", marks=pytest.mark.long)])
async def test_a_single_write_waits_until_the_backend_of_a_lost_one_is_gone(
    name: str, pool: Pool, table: Connection, single: dict[str, Statement]
) -> None:
    async def value() -> Any:
        return (await pool.fetch(single["get_counter"], []))[0][0]

    await pool.fetch(single[name], [3])
    stopped = await backend(table, name)
    lost = asyncio.create_task(pool.fetch(single[name], [1]))
    # The slow statement is stopped while it runs, the other one before it is read.
    if name == "set_counter_slowly":
        await asyncio.sleep(0.1)
    os.kill(stopped, signal.SIGSTOP)
    try:
        with pytest.raises(OutcomeUnknown):
            await lost
        async with asyncio.timeout(PATIENCE + 1):
            for _ in range(2):
                with pytest.raises(ConnectionError, match="may still take effect"):
                    await pool.fetch(single["set_counter"], [2])
            with pytest.raises(ConnectionError, match="may still take effect"):
                async with pool.transaction():
                    pytest.fail("a transaction was begun")
        assert await value() == 3
    finally:
        os.kill(stopped, signal.SIGCONT)
    await asyncio.sleep(0.5)
    await pool.fetch(single["set_counter"], [2])
    await asyncio.sleep(0.5)
    assert await value() == 2


async def test_a_session_that_has_the_process_id_of_one_that_is_gone_is_left_alone(dsn: str) -> None:
    other = await connect(dsn)
    session = session_of(other)
    given_up = GivenUp(lambda: connect(dsn))
    assert session.started is not None
    given_up.add(replace(session, started=session.started - timedelta(seconds=1)), writing=True)
    await given_up.wait()
    assert await other.fetchval("select 1") == 1
    given_up.add(session, writing=True)
    await given_up.wait()
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError)):
        await other.fetchval("select 1")
    other.terminate()


async def test_a_lost_leader_holds_nothing_up_once_another_takes_writes(dsn: str) -> None:
    other = await connect(dsn)
    session = session_of(other)
    lookout, away = Lookout(), asyncio.Event()

    async def fail() -> Connection:
        away.set()
        raise ConnectionRefusedError

    given_up = GivenUp(fail, lookout)
    # One began while the server still followed another, and may write since it was promoted.
    given_up.add(session, writing=True)
    given_up.add(replace(session, pid=1, timeline=None), writing=True)
    await away.wait()
    # The same server, and one that follows, say nothing.
    elsewhere = session.server_started + timedelta(seconds=1)
    for seen in (session, replace(session, server_started=elsewhere, timeline=None)):
        given_up.moved_to(seen)
        assert len(given_up) == 2
        assert not lookout.seen
    given_up.moved_to(replace(session, server_started=elsewhere, timeline=2))
    assert not len(given_up)
    assert lookout.seen
    await given_up.wait()
    await given_up.close()
    assert await other.fetchval("select 1") == 1
    other.terminate()


async def test_a_server_that_follows_ends_no_session_of_its_leader(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given_up_module, "PATIENCE", 0.2)
    other = await connect(dsn)
    session = replace(session_of(other), pid=1)

    async def connect_to_standby() -> Connection:
        connection = await connect(dsn)
        started = session.server_started + timedelta(seconds=1)
        vars(connection)["session"] = replace(session_of(connection), server_started=started, timeline=None)
        return connection

    given_up = GivenUp(connect_to_standby)
    # What can't write any more only counts where it is, such as a server that led before it was started anew to follow.
    given_up.add(session, writing=False)
    given_up.add(replace(session, pid=2), writing=True)
    with pytest.raises(ConnectionError, match="may still take effect"):
        await given_up.wait()
    assert given_up.not_gone({session, replace(session, pid=2)}) == {replace(session, pid=2)}
    await given_up.close()
    other.terminate()


@pytest.mark.parametrize("leads", [True, False])
async def test_a_server_that_follows_does_not_know_what_is_lost_meanwhile(dsn: str, *, leads: bool) -> None:
    other = await connect(dsn)
    session = session_of(other)
    late = replace(session, pid=2, server_started=session.server_started - timedelta(seconds=1))

    class Asked:
        """A server that knows no session, and is asked once before another is lost."""

        def __init__(self) -> None:
            self.session = replace(session, timeline=session.timeline if leads else None)

        async def fetch(self, *_: object) -> list[object]:
            if given_up.not_gone({session}):
                given_up.add(late, writing=True)
            return []

        def terminate(self) -> None:
            pass

    async def ask() -> Connection:
        return cast("Connection", Asked())

    given_up = GivenUp(ask)
    given_up.add(session, writing=True)
    if leads:
        await given_up.wait()
    else:
        with pytest.raises(ConnectionError, match="may still take effect"):
            await given_up.wait()
    assert given_up.not_gone({session, late}) == (set() if leads else {late})
    await given_up.close()
    other.terminate()


async def test_what_the_network_delivers_late_has_no_effect(
    dsn: str, table: Connection, statements: dict[str, Statement], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(OPTIONS, "command_timeout", 0.6)
    await table.execute("insert into merged_counters values (1, 0)")
    async with Proxy(dsn) as proxy, open_pool(proxy.dsn, [statements["raise"]]) as pool:
        proxy.go_silent()
        with pytest.raises(OutcomeUnknown):
            await pool.fetch(statements["raise"], [1, 1])
        await pool.fetch(statements["raise"], [1, 10])
        proxy.speak()
        await asyncio.sleep(0.5)
        assert await table.fetchval("select value from merged_counters where id = 1") == 10
