"""Connections that are kept open: their replacements are bounded, and the database isn't asked in a loop."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest

from api.database import backoff as backoff_module
from api.database.aliases import Connection
from api.database.connections import OPTIONS, connect
from api.database.given_up import DatabaseAway, GivenUp
from api.database.keeper import Keeper
from api.database.lookout import Lookout
from api.database.pool import Pool, open_pool
from api.database.single import SINGLE_CONNECTIONS
from api.database.statements.files import Statement, read_statement_file

KINDS = 3


class Refused:
    """A database that refuses connections until it's told not to."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self.refuses = True
        self.error: type[Exception] = ConnectionRefusedError
        self.attempts = 0

    async def __call__(self) -> Connection:
        self.attempts += 1
        if self.refuses:
            raise self.error
        return await connect(self._dsn)


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff_module, "SHORTEST", 0.01)
    monkeypatch.setattr(backoff_module, "LONGEST", 0.05)


def test_waits_grow_and_have_a_bound() -> None:
    waits = [backoff_module.backoff(failures) for failures in range(1, 2000)]
    assert waits[0] <= backoff_module.SHORTEST
    assert waits[2] > waits[0]
    assert backoff_module.LONGEST / 2 <= min(waits[10:]) < max(waits) <= backoff_module.LONGEST


async def test_a_refused_connection_is_tried_again_after_waits_and_told_once(
    dsn: str, short_waits: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    database = Refused(dsn)
    given_up = GivenUp(lambda: connect(dsn))
    keeper = Keeper("tests", database, given_up)
    opened: list[Connection] = []
    refusals: list[Exception] = []
    await keeper.start(opened.append, refusals.append).wait()
    assert keeper.away
    await asyncio.sleep(0.3)
    assert 3 < database.attempts < 35
    assert [type(refusal) for refusal in refusals] == [DatabaseAway]
    database.refuses = False
    await keeper.connected.wait()
    assert not keeper.away
    assert [(record.getMessage(), vars(record).get("error")) for record in caplog.records] == [
        ("tests: 0 of 1 connections", "ConnectionRefusedError"),
        ("tests: all connections again", None),
    ]
    # One that is lost at once isn't replaced without a wait.
    attempts = database.attempts
    for _ in range(3):
        keeper.replace(opened.pop())
        await asyncio.sleep(0)
        assert database.attempts == attempts
        while not opened:
            await asyncio.sleep(0.001)
        attempts = database.attempts
    await keeper.close()
    opened[0].terminate()
    await given_up.close()


async def test_all_keepers_of_a_worker_tell_the_log_once(
    dsn: str, short_waits: None, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    lookout, given_up, opened = Lookout(), GivenUp(lambda: connect(dsn)), list[Connection]()
    databases = [Refused(dsn) for _ in range(3)]
    keepers = [Keeper(f"kind {number}", each, given_up, lookout=lookout) for number, each in enumerate(databases)]
    for tried in [keeper.start(opened.append) for keeper in keepers]:
        await tried.wait()
    # How it shows that no server is there changes with every attempt.
    for error in (asyncpg.TargetServerAttributeNotMatched, asyncpg.CannotConnectNowError, TimeoutError) * 3:
        for database in databases:
            database.error = error
        await asyncio.sleep(0.03)
    databases[1].error = asyncpg.InvalidPasswordError
    await asyncio.sleep(0.3)
    assert all(database.attempts > 3 for database in databases)
    for database in databases:
        database.refuses = False
    await asyncio.gather(*[keeper.connected.wait() for keeper in keepers])
    assert [(record.getMessage(), vars(record).get("error")) for record in caplog.records] == [
        ("kind 0: 0 of 1 connections", "ConnectionRefusedError"),
        ("kind 1: 0 of 1 connections", "InvalidPasswordError"),
        ("kind 0: all connections again", None),
    ]
    for keeper in keepers:
        await keeper.close()
    for connection in opened:
        connection.terminate()


@pytest.fixture
def read(tmp_path: Path) -> Statement:
    path = tmp_path / "read.sql"
    path.write_text("-- Reads.\n\n-- name: read_one :value\nselect 1 as one;\n")
    return read_statement_file(path)[0]


@pytest.fixture
async def pool(
    dsn: str, statements: dict[str, Statement], short_waits: None, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Pool]:
    monkeypatch.setitem(OPTIONS, "command_timeout", 0.15)
    async with open_pool(dsn, [statements["read"], statements["raise"]]) as opened:
        yield opened


async def test_stopped_backends_are_replaced_once(
    pool: Pool, read: Statement, statements: dict[str, Statement], table: Connection
) -> None:
    stopped: set[int] = set()
    most = 0

    async def call(statement: Statement, arguments: list[object]) -> None:
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await pool.fetch(statement, arguments)

    try:
        for _ in range(12):
            for pid in set(await processes(table)) - stopped:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
                    stopped.add(pid)
            calls = [call(read, []) for _ in range(8)]
            await asyncio.gather(*calls, call(statements["read"], [1]), call(statements["raise"], [1, 1]))
            most = max(most, len(await processes(table)))
        with pytest.raises(ConnectionError):
            pool.check()
    finally:
        for pid in stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
    # Each connection was replaced once, and one connection ends the others.
    assert SINGLE_CONNECTIONS + KINDS - 1 < most <= 2 * (SINGLE_CONNECTIONS + KINDS - 1) + 2
    async with asyncio.timeout(10):
        while True:
            with suppress(ConnectionError, TimeoutError, asyncpg.PostgresError):
                pool.check()
                assert [row["one"] for row in await pool.fetch(read, [])] == [1]
                await pool.fetch(statements["raise"], [1, 1])
                break
            await asyncio.sleep(0.02)


async def processes(table: Connection) -> list[int]:
    """The pool's backends; a service has another role."""
    rows = await table.fetch(
        "select pid from pg_stat_activity"
        " where application_name = 'nestwerk' and datname = current_database() and usename = current_user"
    )
    return [row["pid"] for row in rows]
