"""Telling a lost connection from a statement that failed, and whether the statement may go once more."""

from typing import Final

import asyncpg

from api.database.aliases import Connection
from api.database.effects import reads_only
from api.database.query_files import Statement

# asyncpg itself refuses to send on a connection that it knows or suspects to be gone.
_UNSENT: Final = (asyncpg.InternalClientError, asyncpg.InterfaceError)
_LOST: Final = (
    ConnectionError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
)


def is_lost(error: BaseException, connection: Connection) -> bool:
    """Whether the connection is gone; if PostgreSQL has announced its end only, it's ended here."""
    if isinstance(error, _LOST):
        connection.terminate()
        return True
    return connection.is_closed()


def may_go_again(error: BaseException, statement: Statement, *, tried: bool) -> bool:
    """Whether a statement may be run again after it went down with its connection.

    What never left may; a read may once. Of a write that left nobody knows whether it took effect.
    """
    return isinstance(error, _UNSENT) or (reads_only(statement.text) and not tried)
