"""Connections to PostgreSQL, as every part of the service opens them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from api.database.aliases import Connection
from api.database.codecs import set_codecs
from api.database.query_files import Statement

# Seconds.
CONNECT_TIMEOUT: Final = 5.0
STATEMENT_TIMEOUT: Final = 10.0

# How long a statement waits for a lock: longer where callers queue for a row of theirs within a transaction than where
# a merged statement keeps the callers of others waiting.
LOCK_TIMEOUT: Final = "5s"
MERGED_LOCK_TIMEOUT: Final = "500ms"

_SERVER_SETTINGS: Final[Mapping[str, str]] = {
    "application_name": "nestwerk",
    "jit": "off",
    # Statements are written for one plan, whatever the values: nothing is planned twice.
    "plan_cache_mode": "force_generic_plan",
    "timezone": "UTC",
    "statement_timeout": f"{STATEMENT_TIMEOUT:.0f}s",
    "lock_timeout": LOCK_TIMEOUT,
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


async def connect(dsn: str, *, merged: Sequence[Statement] = ()) -> Connection:
    """Open one connection; `merged` are the `:batch` statements that it's for, prepared before it's used."""
    options = dict(OPTIONS)
    if merged:
        options["server_settings"] = {**_SERVER_SETTINGS, "lock_timeout": MERGED_LOCK_TIMEOUT}
    connection: Connection = await asyncpg.connect(dsn, **options)
    try:
        await set_codecs(connection)
        for statement in merged:
            # No calls, no effect: but asyncpg has it prepared from now on.
            await connection.fetch(statement.text, *[[] for _ in statement.parameters])
    except BaseException:
        connection.terminate()
        raise
    return connection
