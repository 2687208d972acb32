"""A worker's connections to the leader: some for single statements and transactions, and two for merged statements."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from typing import Final

from api.database.aliases import Connection
from api.database.batching import Batcher
from api.database.connections import for_writes
from api.database.given_up import GivenUp
from api.database.keeper import Keeper
from api.database.lock_waits import LockWaits
from api.database.lookout import Lookout
from api.database.peers import Peers
from api.database.readings import pool_readings
from api.database.shares import Shares
from api.database.single import SINGLE_CONNECTIONS, SingleConnections
from api.database.statements.files import Statement

# Connections of a worker: for single statements, merged reads and merged writes, and one that listens.
CONNECTIONS: Final = SINGLE_CONNECTIONS + 3
# And where reads go to standbys: one for the leader's position, and two for each server of those, as it may be, too.
READING_CONNECTIONS: Final = 3
# Seconds that the first connections are waited for before the worker goes on without them.
START_PATIENCE: Final = 2.0

# Opens a connection, which may be for `:batch` statements.
ConnectFor = Callable[[Sequence[Statement]], Awaitable[Connection]]


class WorkerConnections:
    """Connections of each kind, which are kept open.

    Merged statements have two of their own, one for reads and one for writes: with more of them batches would be
    smaller, with fewer reads would wait for commits.
    """

    def __init__(self, connect_for: ConnectFor, merged: Sequence[Statement], lookout: Lookout) -> None:
        """Take what opens a connection, which may be for `:batch` statements, these statements, and who looks out."""
        reading = [statement for statement in merged if statement.reads_only]
        writing = [statement for statement in merged if not statement.reads_only]
        self._lookout = lookout
        self._peers = Peers(lambda: self.given_up.holds_writes_up)
        self.given_up = GivenUp(lambda: connect_for([]), lookout, self._peers.make_room)
        self.shares = Shares()

        async def connect_for_writes() -> Connection:
            await self.given_up.wait()
            return await for_writes(await connect_for(writing))

        singles = Keeper(
            "single statements",
            lambda: connect_for([]),
            self.given_up,
            self._peers,
            connections=SINGLE_CONNECTIONS,
            lookout=lookout,
        )
        reads = Keeper("merged reads", lambda: connect_for(reading), self.given_up, self._peers, lookout=lookout)
        writes = Keeper("merged writes", connect_for_writes, self.given_up, self._peers, writes=True, lookout=lookout)
        self._keepers = (singles, reads, writes)
        self.single = SingleConnections(singles, self.shares)
        # Shared by both, so that executions that wait for locks never take all single connections.
        lock_waits = LockWaits(self.single.fetch)
        self.reads = Batcher(reads, lock_waits, self.shares, self.single.fetch)
        self.writes = Batcher(writes, lock_waits, self.shares, self.single.fetch)
        self.readings = pool_readings(
            ((singles, self.single), (reads, self.reads), (writes, self.writes)), self.given_up
        )

    def check(self) -> None:
        """Check that there's a connection of each kind.

        Raises:
            ConnectionError, asyncpg.TooManyConnectionsError: there's none of a kind.

        """
        for keeper in self._keepers:
            if keeper.away:
                raise keeper.refusal()

    async def connected(self) -> None:
        """Wait until there's a connection for single statements."""
        await self._keepers[0].connected.wait()

    @property
    def refuses_reads(self) -> bool:
        """Whether there's no connection for merged reads, and none could be opened."""
        return self._keepers[1].away

    def keeper(self, kind: str, connect: Callable[[], Awaitable[Connection]]) -> Keeper:
        """What keeps one more connection open, for a use of its own; `kind` is what the log calls it."""
        return Keeper(kind, connect, self.given_up, self._peers, needed=False, lookout=self._lookout)

    async def open(self) -> None:
        """Begin to open the connections; wait for the first attempts, but not for long."""
        await all_set([self.single.open(), self.reads.open(), self.writes.open()])
        # Where PostgreSQL has few connections left, each kind gets one before any gets more.
        await all_set([tried for keeper in self._keepers for tried in keeper.fill()])

    async def close(self) -> None:
        """Let running merged statements finish, then close the connections."""
        await self.reads.close()
        await self.writes.close()
        await self.single.close()
        await self.given_up.close()
        self._lookout.close()


async def all_set(events: Iterable[asyncio.Event]) -> None:
    """Wait for events, but not for long."""
    with suppress(TimeoutError):
        async with asyncio.timeout(START_PATIENCE):
            for event in events:
                await event.wait()
