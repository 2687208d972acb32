"""What the statements of a worker process run on: a pool, and the connections of merged statements."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Final, NamedTuple

import asyncpg

from api.database.aliases import Connection, Pool, Row
from api.database.aside import Aside
from api.database.batching import Batcher
from api.database.codecs import set_codecs
from api.database.connections import OPTIONS, connect
from api.database.errors import translate
from api.database.lost import OutcomeUnknown, is_lost, may_go_again, what_is_known
from api.database.statements.files import Statement
from api.database.waiting import DEADLINE, LONGEST_QUEUE

# Connections of a worker for single statements and transactions. Merged statements have two of their own, one for those
# that read and one for those that write: more would make smaller batches, and fewer let reads wait for commits.
SINGLE: Final = 4


class _Open(NamedTuple):
    pool: Pool
    # Gives connections to callers in the order in which they came; the pool's own queue lets later ones overtake.
    turns: asyncio.Semaphore
    reads: Batcher
    writes: Batcher


_open: _Open | None = None
_waiting = 0
_transaction: ContextVar[Connection | None] = ContextVar("transaction", default=None)


@asynccontextmanager
async def open_pool(dsn: str, merged: Sequence[Statement]) -> AsyncIterator[None]:
    """Open the connections of this process; every statement runs on them until the block ends.

    `merged` are the `:batch` statements, to be prepared on the connections that are kept for them.
    """
    global _open  # noqa: PLW0603
    reading = [statement for statement in merged if statement.reads_only]
    writing = [statement for statement in merged if not statement.reads_only]
    # One for both, so that what waits for locks never takes all connections of the pool.
    aside = Aside(_fetch_alone)
    reads = Batcher(lambda: connect(dsn, merged=reading), aside, connections=1)
    writes = Batcher(lambda: connect(dsn, merged=writing), aside, connections=1)
    async with asyncpg.create_pool(
        dsn, min_size=SINGLE, max_size=SINGLE, max_inactive_connection_lifetime=0, init=set_codecs, **OPTIONS
    ) as pool:
        await reads.open()
        await writes.open()
        _open = _Open(pool, asyncio.Semaphore(SINGLE), reads, writes)
        try:
            yield
        finally:
            _open = None
            await reads.close()
            await writes.close()


@asynccontextmanager
async def connection() -> AsyncIterator[Connection]:
    """A connection of the pool, or the one of the transaction that the caller is in.

    Raises:
        TimeoutError: no connection came free in time.
        ConnectionError: the database is away, or the pool isn't open.

    """
    current = _transaction.get()
    if current is not None:
        yield current
        return
    async with _acquired() as acquired:
        yield acquired


@asynccontextmanager
async def _acquired() -> AsyncIterator[Connection]:
    global _waiting  # noqa: PLW0603
    if _open is None:
        raise ConnectionError("the pool isn't open")
    pool, turns = _open.pool, _open.turns
    if _waiting >= LONGEST_QUEUE:
        raise TimeoutError("too many callers wait for a connection")
    _waiting += 1
    try:
        async with asyncio.timeout(DEADLINE):
            await turns.acquire()
            try:
                acquired = await pool.acquire()
            except BaseException:
                turns.release()
                raise
    finally:
        _waiting -= 1
    try:
        yield acquired  # type: ignore[misc]
    finally:
        try:
            await pool.release(acquired)
        finally:
            turns.release()


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """All statements in the block take effect together, or none does.

    Raises:
        Problem: no connection came free in time, or the database is away.

    """
    try:
        async with connection() as current, _committed(current):
            token = _transaction.set(current)
            try:
                yield
            finally:
                _transaction.reset(token)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        if problem := translate(error, {}):
            raise problem from error
        raise


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


async def fetch(statement: Statement, arguments: Sequence[object]) -> list[Row]:
    """Run a statement, within the transaction that the caller is in, or else on its own.

    A `:batch` statement is merged with its calls that wait; the first column of its rows says nothing to a caller.

    Raises:
        asyncpg.PostgresError, asyncpg.InterfaceError, ValueError: what the database or asyncpg says.
        TimeoutError: no connection came free in time.
        ConnectionError: the database is away.

    """
    current = _transaction.get()
    if current is not None:
        if statement.batch:
            arguments = [[argument] for argument in arguments]
        return await _fetch_within(current, statement, arguments)
    if not statement.batch:
        return await _fetch_alone(statement, arguments)
    if _open is None:
        raise ConnectionError("the pool isn't open")
    batcher = _open.reads if statement.reads_only else _open.writes
    return await batcher.fetch(statement, arguments)


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


async def _fetch_alone(statement: Statement, arguments: Sequence[object], *, again: bool = False) -> list[Row]:
    async with _acquired() as current:
        try:
            return await current.fetch(statement.text, *arguments)
        except Exception as error:
            if not is_lost(error, current):
                raise
            if again or not may_go_again(error, statement, tried=again):
                raise what_is_known(error, statement)  # noqa: B904  it may be the same
    return await _fetch_alone(statement, arguments, again=True)
