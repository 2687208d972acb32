"""Connections to PostgreSQL, as every part of the service opens them."""

from collections.abc import Mapping
from typing import Any, Final

import asyncpg

from api.database.aliases import Connection
from api.database.codecs import set_codecs

# Seconds.
CONNECT_TIMEOUT: Final = 5.0
STATEMENT_TIMEOUT: Final = 10.0

_SERVER_SETTINGS: Final[Mapping[str, str]] = {
    "application_name": "nestwerk",
    "jit": "off",
    # Statements are written for one plan, whatever the values: nothing is planned twice.
    "plan_cache_mode": "force_generic_plan",
    "timezone": "UTC",
    "statement_timeout": f"{STATEMENT_TIMEOUT:.0f}s",
    "idle_in_transaction_session_timeout": "30s",
}


class LastingConnection(Connection):
    """A connection that costs no round trip when it goes back to a pool: no statement here leaves session state."""

    def get_reset_query(self) -> str:
        return ""


# What asyncpg.connect and asyncpg.create_pool take alike.
OPTIONS: Final[Mapping[str, Any]] = {
    "timeout": CONNECT_TIMEOUT,
    "command_timeout": STATEMENT_TIMEOUT + 1,
    "connection_class": LastingConnection,
    "server_settings": dict(_SERVER_SETTINGS),
    "max_cached_statement_lifetime": 0,
}


async def connect(dsn: str) -> Connection:
    """Open one connection."""
    connection: Connection = await asyncpg.connect(dsn, **OPTIONS)
    try:
        await set_codecs(connection)
    except BaseException:
        connection.terminate()
        raise
    return connection
