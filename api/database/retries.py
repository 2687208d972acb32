"""What becomes of a statement whose connection was lost: whether it may be run again, or which error its caller gets.

| the connection was lost   | the statement | may be run again | otherwise its caller gets |
|---------------------------|---------------|------------------|---------------------------|
| before it was sent        | any           | always           | the error                 |
| after it may have been    | reads only    | once             | the error                 |
| after it may have been    | writes        | never            | OutcomeUnknown            |

An error on a connection that is still there stands as it is: PostgreSQL refused the statement, which did nothing.
"""

from typing import Final, Literal, NamedTuple

import asyncpg

from api.database.aliases import Connection
from api.database.statements.files import Statement

# asyncpg refuses to send on a connection that it knows or suspects to be gone.
_UNSENT: Final = (asyncpg.InternalClientError, asyncpg.InterfaceError)
_LOST: Final = (
    ConnectionError,
    # PostgreSQL ends statements before asyncpg gives up on them, so where asyncpg did, nothing answers any more.
    TimeoutError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)


class OutcomeUnknown(ConnectionError):  # noqa: N818
    """A write was sent and its connection lost before the answer: it may have taken effect or not."""


class Loss(NamedTuple):
    """A row of the table: `error` is for callers whose statement isn't run again."""

    again: Literal["always", "once", "never"]
    error: Exception

    def may_go_again(self, *, tried: bool) -> bool:
        """Whether a call may be run again, which was before if it's `tried`."""
        return self.again == "always" or (self.again == "once" and not tried)


def find_loss(error: Exception, connection: Connection, statement: Statement) -> Loss | None:
    """What an error says of a statement if it lost its connection, or None if the error stands as it is."""
    if not is_lost(error, connection):
        return None
    if isinstance(error, _UNSENT):
        return Loss("always", error)
    if statement.reads_only:
        return Loss("once", error)
    unknown = OutcomeUnknown(f"the connection was lost: {type(error).__name__}")
    unknown.__cause__ = error
    return Loss("never", unknown)


def is_lost(error: Exception, connection: Connection) -> bool:
    """Whether an error means that its connection is gone; one whose end was only announced is terminated here."""
    try:
        if isinstance(error, _LOST):
            connection.terminate()
            return True
        return connection.is_closed()
    except asyncpg.InterfaceError:
        # asyncpg takes a closed connection back into its pool at once, and then refuses to be asked about it.
        return True
