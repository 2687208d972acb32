"""The transaction that each task is in, and the connection that is its own meanwhile."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import ContextVar
from typing import cast

from api.database.aliases import Connection
from api.database.connections import ServiceConnection
from api.database.given_up import GivenUp
from api.database.retries import OutcomeUnknown, is_lost
from api.database.shares import Owner, Shares
from api.database.transactions import LateTransaction, Transaction


class TaskTransactions:
    """Transactions of tasks on single connections."""

    def __init__(
        self,
        acquire: Callable[[Owner, int], AbstractAsyncContextManager[Connection]],
        given_up: GivenUp,
        shares: Shares,
    ) -> None:
        """Take what acquires a single connection for an owner who has so many calls under way, and their shares."""
        self._acquire = acquire
        self._given_up = given_up
        self._shares = shares
        self.current: ContextVar[Transaction | LateTransaction | None] = ContextVar("transaction", default=None)

    @asynccontextmanager
    async def begin(self, owner: Owner = None, *, snapshot: bool = False) -> AsyncIterator[None]:
        """Run all statements of this task on this pool in the block in one transaction, for an owner.

        Within another one it's a savepoint. With `snapshot`, all of them read what was committed when the first began.

        Raises:
            TimeoutError: no connection came free in time.
            ShareExceeded: the owner has too much under way.
            ConnectionError: the database is away, or the pool isn't open.
            OutcomeUnknown: the connection was lost while the transaction was committed.

        """
        outer = self.current.get()
        if outer is not None and (current := await outer.begin(owner)) is not None:
            async with current.connection.transaction():
                yield
            return
        async with self._begun(owner, snapshot=snapshot) as transaction:
            token = self.current.set(transaction)
            try:
                yield
            finally:
                self.current.reset(token)

    @asynccontextmanager
    async def late(self, first: Callable[[], Awaitable[None]]) -> AsyncIterator[LateTransaction]:
        """Run the statements of this task on this pool in a transaction from the first one that writes on.

        `first` is what is done in it before. When the block ends the transaction is committed, or undone by an error.

        Raises:
            OutcomeUnknown: the connection was lost while the transaction was committed.

        """
        late = LateTransaction(self._begun, first)
        token = self.current.set(late)
        try:
            async with late.used():
                yield late
        finally:
            self.current.reset(token)

    @asynccontextmanager
    async def connection(self, owner: Owner = None, turn: int = 0) -> AsyncIterator[Connection]:
        """A connection of the pool, or that of the caller's transaction.

        Raises:
            TimeoutError: no connection came free in time.
            ConnectionError: the database is away, or the pool isn't open.

        """
        current = self.current.get()
        if isinstance(current, Transaction):
            yield current.connection
            return
        async with self._acquire(owner, turn) as acquired:
            yield acquired

    @asynccontextmanager
    async def _begun(self, owner: Owner, *, snapshot: bool = False) -> AsyncIterator[Transaction]:
        """A transaction for an owner, on a connection of its own."""
        turn = 0 if owner is None else self._shares.enter(owner)
        try:
            async with self._given_up, self._acquire(owner, turn) as current, _committed(current, snapshot):
                yield Transaction(current, snapshot=snapshot)
        finally:
            if owner is not None:
                self._shares.leave(owner)


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
