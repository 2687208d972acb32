"""Watches a cluster and the services on it: how long nothing was read or written, and when a node was promoted."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from time import monotonic

import asyncpg
import httpx

from api.cluster.layout import Layout
from api.database.aliases import Connection
from tests.accounts import Parent

_PAUSE = 0.02
LOST = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)


class Watch:
    """The longest times, in seconds, without an answer and from a promotion to what can be done again; all statuses."""

    def __init__(self) -> None:
        self.longest: dict[str, float] = {}
        self.statuses: Counter[tuple[str, int]] = Counter()
        # When a node was promoted after which these haven't happened yet.
        self._awaited: dict[str, float] = {}
        self._leading: str | None = None

    @asynccontextmanager
    async def looking(self, layout: Layout, addresses: list[str], parent: Parent) -> AsyncIterator[None]:
        """Look within the block."""

        async def read() -> int:
            return (await parent.client.get("/api/parenting-goals?limit=1")).status_code

        async def write() -> int:
            return (await parent.client.patch("/api/parent-profile", json={"bio": str(monotonic())})).status_code

        looks = [self._look("read", read), self._look("write", write)]
        looks += [self._look_at_readiness(f"ready {number}", each) for number, each in enumerate(addresses, 1)]
        dsn = layout.dsn("postgres")
        all_nodes = dsn.partition("@")[2].partition("/")[0]
        looks += [
            self._look_at_node(node.name, dsn.replace(all_nodes, f"127.0.0.1:{node.postgres}").partition("?")[0])
            for node in layout.nodes
        ]
        tasks = [asyncio.create_task(look) for look in looks]
        try:
            yield
            async with asyncio.timeout(60):
                while self._awaited:
                    await asyncio.sleep(_PAUSE)
        finally:
            for task in tasks:
                task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            assert isinstance(ended, asyncio.CancelledError), ended

    async def _look(self, kind: str, ask: Callable[[], Awaitable[int]]) -> None:
        answered = monotonic()
        while True:
            began = monotonic()
            status = await ask()
            self.statuses[kind, status] += 1
            if status == httpx.codes.OK:
                self._note(kind, monotonic() - answered)
                answered = monotonic()
                self._happened(kind, began)
            await asyncio.sleep(_PAUSE)

    async def _look_at_readiness(self, kind: str, address: str) -> None:
        async with httpx.AsyncClient(base_url=address, timeout=60) as client:

            async def ask() -> int:
                return (await client.get("/health/ready")).status_code

            await self._look(kind, ask)

    async def _look_at_node(self, name: str, dsn: str) -> None:
        """Notice when a node takes writes."""
        connection: Connection | None = None
        try:
            while True:
                try:
                    connection = connection or await asyncpg.connect(dsn, timeout=5, command_timeout=5)
                    self._note_leader(name, leads=not await connection.fetchval("select pg_is_in_recovery()"))
                except LOST:
                    if connection is not None:
                        connection.terminate()
                    connection = None
                await asyncio.sleep(_PAUSE)
        finally:
            if connection is not None:
                connection.terminate()

    def _note_leader(self, name: str, *, leads: bool) -> None:
        if leads and self._leading != name:
            if self._leading is not None:
                self._awaited = dict.fromkeys(("write", "ready 1", "ready 2"), monotonic())
            self._leading = name

    def _happened(self, kind: str, began: float) -> None:
        """Note how long after a promotion something that began after it, at a moment of `monotonic`, succeeded."""
        promoted = self._awaited.get(kind)
        if promoted is not None and began >= promoted:
            self._note(f"promotion to {kind}", monotonic() - promoted)
            with suppress(KeyError):
                del self._awaited[kind]

    def _note(self, what: str, seconds: float) -> None:
        self.longest[what] = max(self.longest.get(what, 0.0), seconds)
