"""A worker's connections: some for single statements and transactions, and two for merged statements."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar

import asyncpg

from api.database.aliases import Connection, Row
from api.database.batching import Batcher
from api.database.connections import OPTIONS, connect, set_up
from api.database.lock_waits import LockWaits
from api.database.retries import OutcomeUnknown, is_lost
from api.database.shares import Owner, Shares, has_large_document
from api.database.single import SINGLE_CONNECTIONS, SingleConnections
from api.database.statements.files import Statement
from api.database.unfinished import UnfinishedWrites, session_of


class Pool:
    """Connections that statements run on, open within the block of `open_pool`.

    Merged statements have two of their own, one for reads and one for writes: with more of them batches would be
    smaller, with fewer reads would wait for commits.
    """

    def __init__(
        self,
        single: SingleConnections,
        reads: Batcher,
        writes: Batcher,
        unfinished: UnfinishedWrites,
        shares: Shares,
    ) -> None:
        self._single = single
        self._reads = reads
        self._writes = writes
        self._unfinished = unfinished
        self._shares = shares
        self._transaction: ContextVar[Connection | None] = ContextVar("transaction", default=None)
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
        if current is not None:
            if statement.batch:
                arguments = [[argument] for argument in arguments]
            return await _fetch_within(current, statement, arguments)
        if self._closed:
            raise ConnectionError("the pool isn't open")
        turn = 0 if owner is None else self._shares.enter(owner)
        try:
            merged = statement.batch
            if merged and (
                (self._shares.taken and self._shares.is_costly(owner))
                or (not statement.reads_only and has_large_document(arguments))
            ):
                merged = False
                arguments = [[argument] for argument in arguments]
            if statement.reads_only:
                return await (self._reads if merged else self._single).fetch(statement, arguments, owner, turn)
            async with self._unfinished:
                return await (self._writes if merged else self._single).fetch(statement, arguments, owner, turn)
        finally:
            if owner is not None:
                self._shares.leave(owner)

    @asynccontextmanager
    async def transaction(self, owner: Owner = None) -> AsyncIterator[None]:
        """Run all statements of this task on this pool in the block in one transaction, for an owner.

        Raises:
            TimeoutError: no connection came free in time.
            ShareExceeded: the owner has too much under way.
            ConnectionError: the database is away, or the pool isn't open.
            OutcomeUnknown: the connection was lost while the transaction was committed.

        """
        turn = 0 if owner is None else self._shares.enter(owner)
        try:
            async with self._unfinished, self.connection(owner, turn) as current, _committed(current):
                token = self._transaction.set(current)
                try:
                    yield
                finally:
                    self._transaction.reset(token)
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
        if current is not None:
            yield current
            return
        if self._closed:
            raise ConnectionError("the pool isn't open")
        async with self._single.acquire(owner, turn) as acquired:
            yield acquired

    async def close(self) -> None:
        """Refuse further statements, and let running merged statements finish."""
        self._closed = True
        await self._reads.close()
        await self._writes.close()
        await self._unfinished.close()


@asynccontextmanager
async def open_pool(dsn: str, merged: Sequence[Statement]) -> AsyncIterator[Pool]:
    """Open a pool until the block ends.

    `merged` are the `:batch` statements, which are prepared on the connections for merged statements.

    Raises:
        OSError, asyncpg.PostgresError: a connection can't be opened.

    """
    reading = [statement for statement in merged if statement.reads_only]
    writing = [statement for statement in merged if not statement.reads_only]
    async with asyncpg.create_pool(
        dsn,
        min_size=SINGLE_CONNECTIONS,
        max_size=SINGLE_CONNECTIONS,
        max_inactive_connection_lifetime=0,
        init=set_up,
        **OPTIONS,
    ) as connections:
        unfinished = UnfinishedWrites(lambda: connect(dsn))
        shares = Shares()
        single = SingleConnections(connections, unfinished, shares)
        # Shared by both, so that executions that wait for locks never take all single connections.
        lock_waits = LockWaits(single.fetch)
        reads = Batcher(lambda: connect(dsn, merged=reading), lock_waits, shares, single.fetch, connections=1)

        async def connect_for_writes() -> Connection:
            await unfinished.wait()
            return await connect(dsn, merged=writing)

        writes = Batcher(
            connect_for_writes,
            lock_waits,
            shares,
            single.fetch,
            connections=1,
            on_loss=lambda connection: unfinished.add(session_of(connection)),
        )
        await reads.open()
        await writes.open()
        pool = Pool(single, reads, writes, unfinished, shares)
        try:
            yield pool
        finally:
            await pool.close()


@asynccontextmanager
async def _committed(current: Connection) -> AsyncIterator[None]:
    committing = False
    try:
        async with current.transaction():
            yield
            committing = True
    except Exception as error:
        if committing and is_lost(error, current):
            raise OutcomeUnknown("the connection was lost while a transaction was committed") from error
        raise


async def _fetch_within(current: Connection, statement: Statement, arguments: Sequence[object]) -> list[Row]:
    """Run a statement in a transaction."""
    try:
        # Prepared anew: in a transaction there's no retry if a migration has changed the type of a column.
        prepared = await current.prepare(statement.text)
        return await prepared.fetch(*arguments)
    except Exception as error:
        # This terminates a lost connection, so that the end of the transaction isn't waited for.
        is_lost(error, current)
        raise
