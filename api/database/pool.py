"""A worker's connections: some for single statements and transactions, and two for merged statements."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from types import MappingProxyType
from typing import Final, cast

from api.database.aliases import Connection, Row
from api.database.batching import Batcher
from api.database.connections import ServiceConnection, connect, for_writes
from api.database.given_up import GivenUp
from api.database.keeper import Keeper
from api.database.lock_waits import LockWaits
from api.database.lookout import Lookout
from api.database.readings import pool_readings
from api.database.retries import OutcomeUnknown, is_lost
from api.database.shares import Owner, Shares, has_large_document
from api.database.single import SINGLE_CONNECTIONS, SingleConnections
from api.database.standbys.confirmed import Confirmed, Elsewhere
from api.database.standbys.readings import standby_readings
from api.database.standbys.reads import StandbyReads
from api.database.standbys.standby import Standby
from api.database.statements.files import Statement
from api.database.transactions import LateTransaction, Transaction
from api.database_url.reading import split_hosts
from api.metrics import read

# Connections of a worker: for single statements, merged reads and merged writes, and one that listens.
CONNECTIONS: Final = SINGLE_CONNECTIONS + 3
# And where reads go to standbys: one for the leader's position, and two for each server of those, as it may be, too.
READING_CONNECTIONS: Final = 3
# Seconds that the connection for merged writes waits for company: a write alone, with its commit, costs PostgreSQL as
# much as a dozen more in a batch.
COMPANY: Final = 0.001
# Seconds that a pool waits for its first connections before it opens without them.
START_PATIENCE: Final = 2.0
# Seconds that a statement is waited for on a standby; the leader can answer it too.
STANDBY_PATIENCE: Final = 0.75

# Opens a connection, which may be for `:batch` statements.
ConnectFor = Callable[[Sequence[Statement]], Awaitable[Connection]]


class Pool:
    """Connections that statements run on, kept open within the block of `open_pool`.

    Merged statements have two of their own, one for reads and one for writes: with more of them batches would be
    smaller, with fewer reads would wait for commits.
    """

    def __init__(
        self,
        connect_for: ConnectFor,
        merged: Sequence[Statement],
        lookout: Lookout,
        standbys: Mapping[str, ConnectFor] = MappingProxyType({}),
        max_lag: float = 1.0,
    ) -> None:
        """Take what opens a connection, which may be for `:batch` statements, these statements, and who looks out.

        `standbys` are those that reads may go to, by name, unless they are more than `max_lag` seconds behind.
        """
        reading = [statement for statement in merged if statement.reads_only]
        writing = [statement for statement in merged if not statement.reads_only]
        self._lookout = lookout
        self._given_up = GivenUp(lambda: connect_for([]), lookout)
        self._shares = Shares()

        async def connect_for_writes() -> Connection:
            await self._given_up.wait()
            return await for_writes(await connect_for(writing))

        self._keepers: list[Keeper] = []
        singles = Keeper(
            "single statements",
            lambda: connect_for([]),
            self._given_up,
            self._keepers,
            connections=SINGLE_CONNECTIONS,
            lookout=lookout,
        )
        reads = Keeper("merged reads", lambda: connect_for(reading), self._given_up, self._keepers, lookout=lookout)
        writes = Keeper(
            "merged writes", connect_for_writes, self._given_up, self._keepers, writes=True, lookout=lookout
        )
        self._keepers += (singles, reads, writes)
        self._single = SingleConnections(singles, self._shares)
        # Shared by both, so that executions that wait for locks never take all single connections.
        lock_waits = LockWaits(self._single.fetch)
        self._reads = Batcher(reads, lock_waits, self._shares, self._single.fetch)
        self._writes = Batcher(writes, lock_waits, self._shares, self._single.fetch, company=COMPANY)
        kinds = ((singles, self._single), (reads, self._reads), (writes, self._writes))
        self.readings = pool_readings(kinds, self._given_up)
        self._standbys: StandbyReads | None = None
        each = [Standby(name, connect, reading) for name, connect in standbys.items()]
        if each:
            leader = self.keeper("the leader's position", lambda: connect_for([]))
            confirmed = Confirmed(leader, lambda: reads.away, each, max_lag)
            self._standbys = StandbyReads(confirmed, each, self._shares)
        self.readings += standby_readings(each)
        self._transaction: ContextVar[Transaction | LateTransaction | None] = ContextVar("transaction", default=None)
        self._closed = False

    async def fetch(self, statement: Statement, arguments: Sequence[object], owner: Owner = None) -> list[Row]:
        """Run a statement for an owner, in the caller's transaction if there is one.

        Calls of a `:batch` statement are merged, except large ones and those of a costly owner; the first column of its
        rows means nothing to the caller.

        Raises:
            asyncpg.PostgresError, asyncpg.InterfaceError, ValueError: errors of the database or of asyncpg.
            TimeoutError: no connection came free in time.
            ShareExceeded: the owner has too much under way.
            ConnectionError: the database is away, or the pool isn't open.

        """
        current = self._transaction.get()
        if current is not None and (transaction := await current.taking(statement, owner)) is not None:
            if statement.batch:
                arguments = [[argument] for argument in arguments]
            return await transaction.fetch(statement, arguments)
        if self._closed:
            raise ConnectionError("the pool isn't open")
        turn = 0 if owner is None else self._shares.enter(owner)
        try:
            merged, given = statement.batch, arguments
            if merged and (
                (self._shares.taken and self._shares.is_costly(owner))
                or (not statement.reads_only and has_large_document(arguments))
            ):
                merged = False
                arguments = [[argument] for argument in arguments]
            if statement.reads_only:
                if self._standbys is not None:
                    if merged or self._standbys.is_alone:
                        with suppress(Elsewhere):
                            return await self._standbys.fetch(statement, given, owner, turn)
                    await self._standbys.settled()
                return await (self._reads if merged else self._single).fetch(statement, arguments, owner, turn)
            async with self._given_up:
                return await (self._writes if merged else self._single).fetch(statement, arguments, owner, turn)
        finally:
            if owner is not None:
                self._shares.leave(owner)

    @asynccontextmanager
    async def transaction(self, owner: Owner = None, *, snapshot: bool = False) -> AsyncIterator[None]:
        """Run all statements of this task on this pool in the block in one transaction, for an owner.

        Within another one it's a savepoint. With `snapshot`, all of them read what was committed when the first began.

        Raises:
            TimeoutError: no connection came free in time.
            ShareExceeded: the owner has too much under way.
            ConnectionError: the database is away, or the pool isn't open.
            OutcomeUnknown: the connection was lost while the transaction was committed.

        """
        outer = self._transaction.get()
        if outer is not None and (current := await outer.begin(owner)) is not None:
            async with current.connection.transaction():
                yield
            return
        async with self._begun(owner, snapshot=snapshot) as transaction:
            token = self._transaction.set(transaction)
            try:
                yield
            finally:
                self._transaction.reset(token)

    @asynccontextmanager
    async def late_transaction(self, first: Callable[[], Awaitable[None]]) -> AsyncIterator[LateTransaction]:
        """Run the statements of this task on this pool in a transaction from the first one that writes on.

        `first` is what is done in it before. When the block ends the transaction is committed, or undone by an error.

        Raises:
            OutcomeUnknown: the connection was lost while the transaction was committed.

        """
        late = LateTransaction(self._begun, first)
        token = self._transaction.set(late)
        try:
            async with late.used():
                yield late
        finally:
            self._transaction.reset(token)

    @asynccontextmanager
    async def _begun(self, owner: Owner, *, snapshot: bool = False) -> AsyncIterator[Transaction]:
        """A transaction for an owner, on a connection of its own."""
        turn = 0 if owner is None else self._shares.enter(owner)
        try:
            async with self._given_up, self._connection(owner, turn) as current, _committed(current, snapshot):
                yield Transaction(current, snapshot=snapshot)
        finally:
            if owner is not None:
                self._shares.leave(owner)

    @asynccontextmanager
    async def connection(self, owner: Owner = None, turn: int = 0) -> AsyncIterator[Connection]:
        """A connection of the pool, or that of the caller's transaction.

        Raises:
            TimeoutError: no connection came free in time.
            ConnectionError: the database is away, or the pool isn't open.

        """
        current = self._transaction.get()
        if isinstance(current, Transaction):
            yield current.connection
            return
        async with self._connection(owner, turn) as acquired:
            yield acquired

    @asynccontextmanager
    async def _connection(self, owner: Owner, turn: int) -> AsyncIterator[Connection]:
        if self._closed:
            raise ConnectionError("the pool isn't open")
        async with self._single.acquire(owner, turn) as acquired:
            yield acquired

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

    def keeper(self, kind: str, connect: Callable[[], Awaitable[Connection]]) -> Keeper:
        """What keeps one more connection open, for a use of its own; `kind` is what the log calls it."""
        return Keeper(kind, connect, self._given_up, self._keepers, lookout=self._lookout)

    async def open(self) -> None:
        """Begin to open the connections; wait for the first attempts, but not for long."""
        await _all_set([self._single.open(), self._reads.open(), self._writes.open()])
        # Where PostgreSQL has few connections left, each kind gets one before any gets more.
        await _all_set([tried for keeper in self._keepers for tried in keeper.fill()])
        if self._standbys is not None:
            await _all_set(self._standbys.open())

    async def close(self) -> None:
        """Refuse further statements, and let running merged statements finish."""
        self._closed = True
        if self._standbys is not None:
            await self._standbys.close()
        await self._reads.close()
        await self._writes.close()
        await self._single.close()
        await self._given_up.close()
        self._lookout.close()


async def _all_set(events: Iterable[asyncio.Event]) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(START_PATIENCE):
            for event in events:
                await event.wait()


@asynccontextmanager
async def open_pool(
    dsn: str, merged: Sequence[Statement], standbys: str | None = None, max_lag: float = 1.0
) -> AsyncIterator[Pool]:
    """Open a pool until the block ends; while the database is away, its statements raise ConnectionError.

    `merged` are the `:batch` statements, which are prepared on the connections for merged statements. `standbys` is a
    URL whose hosts reads may go to, unless they are more than `max_lag` seconds behind.
    """
    reading = {name: _connecting(url, STANDBY_PATIENCE) for name, url in split_hosts(standbys or "").items()}
    pool = Pool(_connecting(dsn), merged, Lookout(dsn), reading, max_lag)
    try:
        await pool.open()
        with read(*pool.readings):
            yield pool
    finally:
        await pool.close()


def _connecting(dsn: str, patience: float | None = None) -> ConnectFor:
    return lambda statements: connect(dsn, merged=statements, patience=patience)


@asynccontextmanager
async def _committed(current: Connection, snapshot: bool) -> AsyncIterator[None]:  # noqa: FBT001
    committing = False
    try:
        async with current.transaction(isolation="repeatable_read" if snapshot else None):
            yield
            committing = True
        cast("ServiceConnection", current).check_replicated()
    except Exception as error:
        if committing and is_lost(error, current):
            raise OutcomeUnknown("the connection was lost while a transaction was committed") from error
        raise
