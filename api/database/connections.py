"""Connections to PostgreSQL, as every part of the service opens them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import asyncpg

from api.database.aliases import Connection
from api.database.codecs import set_codecs
from api.database.statements.files import Statement

# Seconds.
CONNECT_TIMEOUT: Final = 5.0
STATEMENT_TIMEOUT: Final = 10.0
MERGED_STATEMENT_TIMEOUT: Final = 2.0
# How much longer asyncpg waits than PostgreSQL, so that PostgreSQL is the one to end a statement.
GRACE: Final = 0.5

LOCK_TIMEOUT: Final = "5s"

# Settings that decide on plans.
PLANNING: Final[Mapping[str, str]] = {
    "jit": "off",
    # Each statement is written for one plan, whatever the values, and is planned once.
    "plan_cache_mode": "force_generic_plan",
}
MERGED_PLANNING: Final[Mapping[str, str]] = {
    **PLANNING,
    # Rows are locked in the order of their keys, which a nested loop over an index keeps, however small the table is.
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
}
_SERVER_SETTINGS: Final[Mapping[str, str]] = {
    **PLANNING,
    "application_name": "nestwerk",
    "timezone": "UTC",
    "statement_timeout": f"{STATEMENT_TIMEOUT:.0f}s",
    "lock_timeout": LOCK_TIMEOUT,
    "idle_in_transaction_session_timeout": "30s",
}

# A merged statement that takes long holds up all calls behind it, so it's ended sooner than others.
_MERGED_SETTINGS: Final[Mapping[str, str]] = {
    **_SERVER_SETTINGS,
    **MERGED_PLANNING,
    "statement_timeout": f"{MERGED_STATEMENT_TIMEOUT:.0f}s",
    # A statement that meets a lock waits for it on another connection.
    "lock_timeout": "50ms",
}


class LastingConnection(Connection):
    """A connection that costs no round trip when it goes back to a pool: no statement here leaves session state."""

    def get_reset_query(self) -> str:
        return ""


# What asyncpg.connect and asyncpg.create_pool take alike.
OPTIONS: Final[Mapping[str, Any]] = {
    "timeout": CONNECT_TIMEOUT,
    "command_timeout": STATEMENT_TIMEOUT + GRACE,
    "connection_class": LastingConnection,
    "server_settings": dict(_SERVER_SETTINGS),
    "max_cached_statement_lifetime": 0,
}


async def connect(dsn: str, *, merged: Sequence[Statement] = ()) -> Connection:
    """Open one connection; `merged` are the `:batch` statements that it's for, prepared before it's used."""
    options = dict(OPTIONS)
    if merged:
        options["server_settings"] = dict(_MERGED_SETTINGS)
        options["command_timeout"] = MERGED_STATEMENT_TIMEOUT + GRACE
    connection: Connection = await asyncpg.connect(dsn, **options)
    try:
        await set_codecs(connection)
        for statement in merged:
            # Run for no calls it has no effect, but asyncpg has it prepared from now on. Where that fails, as its table
            # is locked or was changed, its callers will get the error, and those of other statements won't.
            try:
                await connection.fetch(statement.text, *[[] for _ in statement.parameters])
            except asyncpg.PostgresError:
                if connection.is_closed():
                    raise
    except BaseException:
        connection.terminate()
        raise
    return connection
