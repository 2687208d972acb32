"""Who waits for the database goes on as soon as there is a server as it's wanted, and asks it seldom until then."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Final

import pytest

from api.database import lookout as lookout_module
from api.database.aliases import Connection
from api.database.lookout import Lookout
from tests.conftest import free_port
from tests.database.proxy import Proxy

# Seconds: no test waits for as long.
LONG: Final = 30.0


@pytest.fixture
async def listener() -> AsyncIterator[socket.socket]:
    """A port that refuses connections until a server is started on it."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound


def address(listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    return f"postgresql://postgres@127.0.0.1:{free_port()},127.0.0.1:{port}/nestwerk?sslmode=disable"


async def test_a_server_that_comes_is_seen_by_all_who_wait(dsn: str, listener: socket.socket) -> None:
    lookout = Lookout(address(listener))
    assert not await lookout.wait(0.2, lookout.seen)
    waiting = [asyncio.create_task(lookout.wait(LONG, lookout.seen)) for _ in range(3)]
    await asyncio.sleep(0)
    async with Proxy(dsn, listener):
        assert all(await asyncio.gather(*waiting))
        # It may be of no use to them: they go on waiting as long as they mean to.
        assert not await lookout.wait(0.3, lookout.seen)
        # What was seen since one tried is no reason to wait.
        assert await lookout.wait(LONG, lookout.seen - 1)
    lookout.close()


async def test_a_standby_is_asked_over_one_connection(
    dsn: str, listener: socket.socket, monkeypatch: pytest.MonkeyPatch, database: Connection
) -> None:
    monkeypatch.setattr(lookout_module, "_ASK", "select to_regclass('promoted') is not null")
    lookout = Lookout(address(listener))
    async with Proxy(dsn, listener) as proxy:
        waiting = asyncio.create_task(lookout.wait(LONG, lookout.seen))
        await asyncio.sleep(0.5)
        assert not waiting.done()
        await database.execute("create table promoted ()")
        try:
            assert await waiting
        finally:
            await database.execute("drop table promoted")
        assert proxy.accepted == 1
    lookout.close()
