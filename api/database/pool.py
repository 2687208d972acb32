"""Where a worker's statements run: in a transaction, merged, alone, or on a standby."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from types import MappingProxyType
from typing import Final

from api.database.aliases import Connection, Row
from api.database.connections import connect
from api.database.lookout import Lookout
from api.database.shares import Owner, has_large_document
from api.database.standbys.confirmed import Confirmed, Elsewhere
from api.database.standbys.readings import standby_readings
from api.database.standbys.reads import StandbyReads
from api.database.standbys.standby import Standby
from api.database.statements.files import Statement
from api.database.task_transactions import TaskTransactions
from api.database.worker_connections import ConnectFor, WorkerConnections, all_set
from api.database_url.reading import split_hosts
from api.metrics import read

# Seconds that a statement is waited for on a standby; the leader can answer it too.
STANDBY_PATIENCE: Final = 0.75


class Pool:
    """Runs statements on a worker's connections, which are kept open within the block of `open_pool`."""

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
        self._connections = connections = WorkerConnections(connect_for, merged, lookout)
        # Its parts offer the rest.
        self.check, self.connected, self.keeper = connections.check, connections.connected, connections.keeper
        transactions = TaskTransactions(self._acquire, connections.given_up, connections.shares)
        self.transaction, self.late_transaction = transactions.begin, transactions.late
        self.connection = transactions.connection
        # What each statement needs.
        self._current, self._given_up, self._shares = transactions.current, connections.given_up, connections.shares
        self._single, self._reads, self._writes = connections.single, connections.reads, connections.writes
        self._standbys: StandbyReads | None = None
        self._closed = False
        reading = [statement for statement in merged if statement.reads_only]
        each = [Standby(name, connect, reading) for name, connect in standbys.items()]
        if each:
            leader = self.keeper("the leader's position", lambda: connect_for([]))
            confirmed = Confirmed(leader, lambda: connections.refuses_reads, each, max_lag)
            self._standbys = StandbyReads(confirmed, each, self._shares)
        self.readings = [*connections.readings, *standby_readings(each)]

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
        current = self._current.get()
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
                (self._shares.costly and self._shares.is_costly(owner))
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

    def _acquire(self, owner: Owner, turn: int) -> AbstractAsyncContextManager[Connection]:
        if self._closed:
            raise ConnectionError("the pool isn't open")
        return self._single.acquire(owner, turn)

    async def open(self) -> None:
        """Begin to open the connections; wait for the first attempts, but not for long."""
        await self._connections.open()
        if self._standbys is not None:
            await all_set(self._standbys.open())

    async def close(self) -> None:
        """Refuse further statements, and let running merged statements finish."""
        self._closed = True
        if self._standbys is not None:
            await self._standbys.close()
        await self._connections.close()


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
