"""Telling a lost connection from a statement that failed, and what is known of the statement then."""

from typing import Final

import asyncpg

from api.database.aliases import Connection
from api.database.statements.files import Statement

# asyncpg itself refuses to send on a connection that it knows or suspects to be gone.
_UNSENT: Final = (asyncpg.InternalClientError, asyncpg.InterfaceError)
_LOST: Final = (
    ConnectionError,
    # PostgreSQL ends statements earlier than asyncpg gives up: it's nothing that answers there any more.
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


def is_lost(error: BaseException, connection: Connection) -> bool:
    """Whether the connection is gone; if PostgreSQL has announced its end only, it's ended here."""
    try:
        if isinstance(error, _LOST):
            connection.terminate()
            return True
        return connection.is_closed()
    except asyncpg.InterfaceError:
        # One of a pool that asyncpg has taken back already, for it was closed.
        return True


def may_go_again(error: BaseException, statement: Statement, *, tried: bool) -> bool:
    """Whether a statement may be run again after it went down with its connection: what never left may, a read once."""
    return isinstance(error, _UNSENT) or (statement.reads_only and not tried)


def what_is_known(error: Exception, statement: Statement) -> Exception:
    """Error for who called a statement that went down with its connection and isn't run again."""
    if isinstance(error, _UNSENT) or statement.reads_only:
        return error
    unknown = OutcomeUnknown(f"the connection was lost: {type(error).__name__}")
    unknown.__cause__ = error
    return unknown
