"""Decides whether a statement whose connection was lost may be run again, or which error its caller gets.

| the connection was lost   | the statement | may be run again | otherwise its caller gets |
|---------------------------|---------------|------------------|---------------------------|
| before it was sent        | any           | always           | the error                 |
| as it leads to a standby  | any           | always           | the error                 |
| by a shutdown, as it says | any           | once             | the error                 |
| after it may have been    | reads only    | once             | the error                 |
| after it may have been    | writes        | never            | OutcomeUnknown            |

PostgreSQL says that it shuts down only in place of an answer: a statement that was running is rolled back. One that is
committed, and waits for a standby, gets no answer at all.

A write whose outcome is unknown may still take effect as long as its backend lives, so `given_up.py` ends that
backend before the worker sends another write. Until the backend is gone, writes get a ConnectionError: nothing was
done.

Errors on a connection that is still open are passed on: PostgreSQL refused the statement, which did nothing; only one
that a migration outdated is run again (`outdated.py`). A call on
a single connection is run twice at most, whatever the table says.
"""

from typing import Final, Literal, NamedTuple

import asyncpg

from api.database.aliases import Connection
from api.database.statements.files import Statement

# Nothing was done: asyncpg refuses to use a connection that it knows or suspects to be gone, or a server that follows
# another one now refuses to write.
_NOT_DONE: Final = (asyncpg.InternalClientError, asyncpg.InterfaceError, asyncpg.ReadOnlySQLTransactionError)
_LOST: Final = (
    ConnectionError,
    # PostgreSQL ends slow statements before asyncpg's timeout, so if asyncpg timed out, the server is gone.
    TimeoutError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
)


# The function of PostgreSQL that ends a session, rather than a pooler between.
_ENDS_SESSIONS: Final = "ProcessInterrupts"


class OutcomeUnknown(ConnectionError):  # noqa: N818
    """A write's connection was lost before the answer: it may or may not have taken effect."""


class NotReplicated(ConnectionError):  # noqa: N818
    """A commit that waited for a standby was cancelled: it's done here, and may be lost with this server."""


class Loss(NamedTuple):
    """A row of the table above; callers whose statement isn't run again get `error`."""

    again: Literal["always", "once", "never"]
    error: Exception

    def may_retry(self, *, tried: bool) -> bool:
        """Whether a call may be run again; `tried` says whether it already was."""
        return self.again == "always" or (self.again == "once" and not tried)


def find_loss(error: Exception, connection: Connection, statement: Statement) -> Loss | None:
    """The loss that an error means for a statement, or None if its connection isn't lost."""
    if not is_lost(error, connection):
        return None
    if isinstance(error, _NOT_DONE):
        return Loss("always", error)
    if statement.reads_only or _is_rolled_back(error):
        return Loss("once", error)
    unknown = OutcomeUnknown(f"the connection was lost: {type(error).__name__}")
    unknown.__cause__ = error
    return Loss("never", unknown)


def _is_rolled_back(error: Exception) -> bool:
    """Whether the server ended the session of a statement in place of an answer.

    asyncpg tells of that as the cause of a lost connection.
    """
    said = error.__cause__
    return (
        isinstance(said, asyncpg.AdminShutdownError) and getattr(said, "server_source_function", None) == _ENDS_SESSIONS
    )


def is_lost(error: Exception, connection: Connection) -> bool:
    """Whether an error means that its connection is lost; terminates the connection if so."""
    if isinstance(error, _LOST):
        connection.terminate()
        return True
    return connection.is_closed()
