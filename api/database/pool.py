"""What the statements of a worker process run on: single connections, and those of merged statements."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar

import asyncpg

from api.database.aliases import Connection, Row
from api.database.batching import Batcher
from api.database.codecs import set_codecs
from api.database.connections import OPTIONS, connect
from api.database.lock_waits import LockWaits
from api.database.retries import OutcomeUnknown, is_lost
from api.database.single import SINGLE, SingleConnections
from api.database.statements.files import Statement


class Pool:
    """Connections that statements run on, open within the block of `open_pool`.

    Merged statements have two of their own, one for those that read and one for those that write: more would make
    smaller batches, and fewer let reads wait for commits.
    """

    def __init__(self, single: SingleConnections, reads: Batcher, writes: Batcher) -> None:
        self._single = single
        self._reads = reads
        self._writes = writes
        self._transaction: ContextVar[Connection | None] = ContextVar("transaction", default=None)
        self._closed = False

    async def fetch(self, statement: Statement, arguments: Sequence[object]) -> list[Row]:
        """Run a statement, within the transaction that the caller is in, or else on its own.

        A `:batch` statement is merged with its calls that wait; the first column of its rows says nothing to a caller.

        Raises:
            asyncpg.PostgresError, asyncpg.InterfaceError, ValueError: what the database or asyncpg says.
            TimeoutError: no connection came free in time.
            ConnectionError: the database is away, or the pool isn't open.

        """
        current = self._transaction.get()
        if current is not None:
            if statement.batch:
                arguments = [[argument] for argument in arguments]
            return await _fetch_within(current, statement, arguments)
        if self._closed:
            raise ConnectionError("the pool isn't open")
        if not statement.batch:
            return await self._single.fetch(statement, arguments)
        return await (self._reads if statement.reads_only else self._writes).fetch(statement, arguments)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """All statements that this task runs on the pool in the block take effect together, or none does.

        Raises:
            TimeoutError: no connection came free in time.
            ConnectionError: the database is away, or the pool isn't open.
            OutcomeUnknown: the connection was lost while the transaction was committed.

        """
        async with self.connection() as current, _committed(current):
            token = self._transaction.set(current)
            try:
                yield
            finally:
                self._transaction.reset(token)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection of the pool, or the one of the transaction that the caller is in.

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
        async with self._single.acquire() as acquired:
            yield acquired

    async def close(self) -> None:
        """Refuse what comes from now on, and let merged statements that are under way finish."""
        self._closed = True
        await self._reads.close()
        await self._writes.close()


@asynccontextmanager
async def open_pool(dsn: str, merged: Sequence[Statement]) -> AsyncIterator[Pool]:
    """Open a pool until the block ends.

    `merged` are the `:batch` statements, to be prepared on the connections that are kept for them.

    Raises:
        OSError, asyncpg.PostgresError: a connection can't be opened.

    """
    reading = [statement for statement in merged if statement.reads_only]
    writing = [statement for statement in merged if not statement.reads_only]
    async with asyncpg.create_pool(
        dsn, min_size=SINGLE, max_size=SINGLE, max_inactive_connection_lifetime=0, init=set_codecs, **OPTIONS
    ) as connections:
        single = SingleConnections(connections)
        # One for both, so that what waits for locks never takes all single connections.
        lock_waits = LockWaits(single.fetch)
        reads = Batcher(lambda: connect(dsn, merged=reading), lock_waits, connections=1)
        writes = Batcher(lambda: connect(dsn, merged=writing), lock_waits, connections=1)
        await reads.open()
        await writes.open()
        pool = Pool(single, reads, writes)
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
        # Prepared anew, for there's no other try if a migration changed what it gave before.
        prepared = await current.prepare(statement.text)
        return await prepared.fetch(*arguments)
    except Exception as error:
        # Ends a lost connection, so that nobody waits for the transaction's end.
        is_lost(error, current)
        raise
