"""How statements run in a transaction."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from time import perf_counter
from typing import Final, TypeAlias

from api.database.aliases import Connection, Row
from api.database.executions import note_execution, traced
from api.database.measures import OUTDATED, calls_of, count_retries
from api.database.outdated import RENEWALS, is_outdated
from api.database.retries import is_lost
from api.database.shares import Owner
from api.database.statements.files import Statement

_BEGIN_ANEW: Final = "rollback; begin"

# What is done once a transaction is committed.
FollowUp: TypeAlias = Callable[[], Awaitable[None] | None]


class Interrupted(Exception):  # noqa: N818
    """Ends whatever uses a late transaction; statements pass it on as it is."""


class Transaction:
    """A transaction that has begun on a connection."""

    def __init__(self, connection: Connection, *, snapshot: bool = False) -> None:
        self.connection = connection
        self._begin_anew = _BEGIN_ANEW + (" isolation level repeatable read" if snapshot else "")
        # Whether nothing has been done yet that a rollback would undo.
        self._fresh = True

    async def fetch(self, statement: Statement, arguments: Sequence[object]) -> list[Row]:
        """Run a statement; the first one begins the transaction anew if a migration outdated it.

        Later ones can't, and their error ends the transaction.

        Raises:
            asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError: errors of the database or of asyncpg.

        """
        for _ in range(RENEWALS):
            try:
                rows = await self._fetch(statement, arguments)
            except Exception as error:
                if not (self._fresh and is_outdated(error)):
                    raise
                count_retries(statement, OUTDATED)
                await self.connection.execute(self._begin_anew)
            else:
                self._fresh = False
                return rows
        return await self._fetch(statement, arguments)

    async def taking(self, _statement: Statement, _owner: Owner) -> "Transaction":
        """The transaction itself: each statement runs in it."""
        return self

    async def begin(self, _owner: Owner) -> "Transaction":
        return self

    async def _fetch(self, statement: Statement, arguments: Sequence[object]) -> list[Row]:
        try:
            # Prepared anew: asyncpg doesn't do that by itself in a transaction, where a statement that is kept would
            # fail after a migration. What is prepared locks its tables, so a migration waits until the end.
            prepared = await self.connection.prepare(statement.text)
            started = perf_counter()
            rows = await traced(prepared.fetch(*arguments), statement)
        except Exception as error:
            # This terminates a lost connection, so that the end of the transaction isn't waited for.
            is_lost(error, self.connection)
            raise
        note_execution(statement, perf_counter() - started, len(rows), calls=calls_of(statement, arguments))
        return rows


class LateTransaction:
    """A transaction that begins with the first statement that writes, and has all those that come after it.

    Statements that read before then, or are noted as `alone`, run by themselves, so nothing is held while a password is
    hashed. A transaction that begins within this one is a savepoint of it.
    """

    def __init__(
        self, opening: Callable[[Owner], AbstractAsyncContextManager[Transaction]], first: Callable[[], Awaitable[None]]
    ) -> None:
        """Take what begins a transaction for an owner, and what is done in it first."""
        self._opening = opening
        self._first = first
        self._stack = AsyncExitStack()
        self._current: Transaction | None = None
        self._follow_ups: list[FollowUp] = []
        self._has_ended = False

    @property
    def has_begun(self) -> bool:
        return self._current is not None

    async def taking(self, statement: Statement, owner: Owner) -> Transaction | None:
        """The transaction that a statement of an owner runs in, or None if it runs by itself.

        Raises:
            Interrupted: what is done first ends it.

        """
        if self._current is None and (statement.reads_only or statement.alone):
            return None
        return await self.begin(owner)

    async def begin(self, owner: Owner) -> Transaction | None:
        """The transaction, which begins if it hasn't, or None once it has ended; the first owner is charged.

        Raises:
            Interrupted: what is done first ends it.

        """
        if self._has_ended:
            return None
        if self._current is None:
            self._current = await self._stack.enter_async_context(self._opening(owner))
            await self._first()
        return self._current

    @asynccontextmanager
    async def used(self) -> AsyncIterator[None]:
        """Until the block ends, have what this task does be in this transaction, then commit it."""
        token = _late.set(self)
        try:
            async with self._stack:
                yield
        finally:
            self._has_ended = True
            _late.reset(token)
        for follow_up in self._follow_ups:
            if (pending := follow_up()) is not None:
                await pending

    def follow_up(self, act: FollowUp) -> None:
        self._follow_ups.append(act)


_late: Final[ContextVar[LateTransaction | None]] = ContextVar("late", default=None)


def deferred(act: FollowUp) -> bool:
    """Whether this task's late transaction has begun; if so, `act` is done once it's committed."""
    late = _late.get()
    if late is None or not late.has_begun:
        return False
    late.follow_up(act)
    return True
