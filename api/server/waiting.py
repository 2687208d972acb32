"""Waits for the database when the service starts, as both may be started at once."""

import asyncio
import ssl
import time
from typing import Final

import asyncpg

from api.database.addresses import open_connection
from api.terminal import say

# Seconds between two attempts.
_INTERVAL: Final = 0.5
# What passes by itself: the server isn't reached, starts or stops, or its connections are taken for the moment.
_PASSING: Final = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
    asyncpg.TargetServerAttributeNotMatched,
)


def wait_for_database(dsn: str, seconds: float) -> None:
    """Wait until a database takes a connection, refuses one for good, or the time is over; says why it waits."""
    asyncio.run(_wait(dsn, time.monotonic() + seconds))


async def _wait(dsn: str, deadline: float) -> None:
    said = ""
    while True:
        try:
            connection = await open_connection(dsn)
        except Exception as error:  # noqa: BLE001
            left = deadline - time.monotonic()
            if left <= 0 or not _passes(error):
                return
            if (why := _reason(error)) != said:
                say(f"waiting for PostgreSQL, for {left:.0f} s at most: {why}")
                said = why
            await asyncio.sleep(min(_INTERVAL, left))
        else:
            connection.terminate()
            return


def _passes(error: Exception) -> bool:
    if isinstance(error, ssl.SSLError | PermissionError):
        return False
    # A ConnectionError of asyncpg's own says that the server has no TLS.
    return isinstance(error, _PASSING) and not (type(error) is ConnectionError and "SSL" in str(error))


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer"
    return " ".join(str(error).split()) or type(error).__name__
