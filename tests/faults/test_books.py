"""Writes while the network to PostgreSQL is cut and while its backends are stopped: the books are right."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import pytest

from api.database.aliases import Connection
from api.postgres.embedded import EmbeddedServer
from tests.accounts import Accounts
from tests.backends import BACKENDS
from tests.conftest import running_service
from tests.database.proxy import Proxy
from tests.faults.books import CLIENTS, Books
from tests.faults.partition import partition

# Seconds, shorter and longer than a statement may take.
FAULTS: Final = (1.0, 4.0, 9.0)
CALM: Final = 3.0
# Longest answer, in seconds; api/README.md says what it's made of.
BOUND: Final = 17.0
# Connections of a worker while each was replaced, and one that ends the others.
MOST_BACKENDS: Final = 15

pytestmark = pytest.mark.drill


@asynccontextmanager
async def started(dsn: str, **options: Any) -> AsyncIterator[str]:
    """Base address of a service with one worker; the event loop goes on meanwhile, as its proxy needs it."""
    service = running_service(dsn, log_level="error", workers=1, **options)
    address = await asyncio.to_thread(service.__enter__)
    try:
        yield address
    finally:
        await asyncio.to_thread(service.__exit__, None, None, None)


class Stopping:
    """Stops the service's backends within `async with`, and notes how many there were."""

    def __init__(self, database: Connection) -> None:
        self._database = database
        self._stopped: set[int] = set()
        self.most = 0

    async def stop(self) -> None:
        """Stop those that are there."""
        pids = {row["pid"] for row in await self._database.fetch(BACKENDS)}
        self.most = max(self.most, len(pids))
        for pid in pids - self._stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
                self._stopped.add(pid)

    def resume(self) -> None:
        for pid in self._stopped:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self._stopped.clear()


async def test_two_services_of_which_one_is_cut_off(cluster: EmbeddedServer, dsn: str, database: Connection) -> None:
    """What one was told the outcome is unknown of is often written again through the other."""
    with partition() as network:
        async with (
            Proxy(cluster.service_dsn, network.listener()) as proxy,
            started(proxy.dsn, host=network.host, command=network.command) as far,
            started(cluster.service_dsn) as near,
            Accounts(near, database) as accounts,
        ):
            async with Books([await accounts.parent() for _ in range(CLIENTS)], [far, near]) as books:
                for seconds in FAULTS:
                    await asyncio.sleep(CALM)
                    network.cut(proxy)
                    await asyncio.sleep(seconds)
                    network.heal(proxy)
            await books.check(database)
    assert books.codes["PATCH outcome_unknown"] + books.codes["POST outcome_unknown"]
    assert books.longest < BOUND, books.codes


async def test_two_services_whose_backends_are_stopped(cluster: EmbeddedServer, dsn: str, database: Connection) -> None:
    stopping = Stopping(database)
    async with (
        started(cluster.service_dsn) as first,
        started(cluster.service_dsn) as second,
        Accounts(first, database) as accounts,
    ):
        try:
            async with Books([await accounts.parent() for _ in range(CLIENTS)], [first, second]) as books:
                for seconds in FAULTS:
                    await asyncio.sleep(CALM)
                    await stopping.stop()
                    await asyncio.sleep(seconds)
                    stopping.resume()
        finally:
            stopping.resume()
        await books.check(database)
    assert books.codes["PATCH outcome_unknown"] + books.codes["POST outcome_unknown"]
    assert books.longest < BOUND, books.codes


async def test_a_service_whose_replacements_are_stopped_too(
    cluster: EmbeddedServer, dsn: str, database: Connection
) -> None:
    stopping = Stopping(database)
    async with started(cluster.service_dsn) as address, Accounts(address, database) as accounts:
        try:
            async with Books([await accounts.parent() for _ in range(CLIENTS)], [address]) as books:
                await asyncio.sleep(CALM)
                for _ in range(round(2 * max(FAULTS) / 0.2)):
                    await stopping.stop()
                    await asyncio.sleep(0.2)
                stopping.resume()
        finally:
            stopping.resume()
        await books.check(database)
    # Those that were stopped while they connected aren't known to the worker.
    assert stopping.most <= MOST_BACKENDS + 10
    assert books.longest < BOUND, books.codes
