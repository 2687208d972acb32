"""Telling a lost connection from a statement that failed."""

from typing import Final

import asyncpg

from api.database.aliases import Connection

_LOST: Final = (
    ConnectionError,
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
