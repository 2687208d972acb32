"""Opens connections to PostgreSQL, and sets their options.

Settings are set once a connection is open: PgBouncer refuses most of them before, or is told to ignore them.
"""

import socket
import struct
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Final, Protocol, cast

import asyncpg

from api.database.addresses import open_connection, socket_of
from api.database.aliases import Connection, Row
from api.database.codecs import set_codecs
from api.database.fence import fence
from api.database.queries import Queries, bind, text_of
from api.database.retries import NotReplicated
from api.database.sessions import Session
from api.database.statements.files import Statement

# Seconds. No statement is excepted: requests that do most, batches of 500 rows and the completion of a large family,
# take a twentieth of this.
STATEMENT_TIMEOUT: Final = 2.0
# From a transaction's begin to its commit.
TRANSACTION_TIMEOUT: Final = 4.0
# asyncpg waits this much longer than PostgreSQL, so that PostgreSQL ends a statement first.
GRACE: Final = 0.5

# Seconds that a connection takes to be closed.
CLOSING_TIMEOUT: Final = 5.0

LOCK_TIMEOUT: Final = "1500ms"

# Settings that affect plans.
PLANNING: Final[Mapping[str, str]] = {
    "jit": "off",
    # Statements are written to have one good plan for all values, so they are planned once.
    "plan_cache_mode": "force_generic_plan",
}
MERGED_PLANNING: Final[Mapping[str, str]] = {
    **PLANNING,
    # Only a nested loop over an index is left, also for small tables: it locks rows in the order of their keys.
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "enable_seqscan": "off",
}
_SERVER_SETTINGS: Final[Mapping[str, str]] = {
    **PLANNING,
    "timezone": "UTC",
    # Python reads moments in it.
    "datestyle": "iso",
    "statement_timeout": f"{STATEMENT_TIMEOUT:.0f}s",
    "lock_timeout": LOCK_TIMEOUT,
    "transaction_timeout": f"{TRANSACTION_TIMEOUT:.0f}s",
}

_MERGED_SETTINGS: Final[Mapping[str, str]] = {
    **_SERVER_SETTINGS,
    **MERGED_PLANNING,
    # A statement that meets a lock then waits for it on another connection.
    "lock_timeout": "50ms",
}


# Closing resets the connection at once.
_LINGER: Final = struct.pack("ii", 1, 0)


class SessionQueries(Queries, Protocol):
    async def identify_session(self) -> Session: ...


# It's asked on each connection.
_IDENTIFY: Final = text_of(bind(SessionQueries).identify_session)

# The function of PostgreSQL that warns, and in which words is the server's language, that a commit's wait for a standby
# was cancelled: the statement then succeeds.
_WAITS_FOR_STANDBY: Final = "SyncRepWaitForLSN"


class ServiceConnection(Connection):
    """A connection whose session is known, and whose commits are replicated if they are to be."""

    session: Session
    is_replicated = True

    async def fetch(self, query: str, *args: object, **options: Any) -> list[Row]:  # type: ignore[override]
        """Rows of a statement.

        Raises:
            NotReplicated: it's committed here alone.

        """
        rows: list[Row] = await super().fetch(query, *args, **options)
        self.check_replicated()
        return rows

    def check_replicated(self) -> None:
        """Check the last commit.

        Raises:
            NotReplicated: it's committed here alone.

        """
        if not self.is_replicated:
            raise NotReplicated("a commit's wait for a standby was cancelled")

    def hear(self, _: object, message: asyncpg.PostgresLogMessage) -> None:
        if message.server_source_function == _WAITS_FOR_STANDBY:
            self.is_replicated = False


# Arguments of asyncpg.connect.
OPTIONS: Final[Mapping[str, Any]] = {
    "command_timeout": STATEMENT_TIMEOUT + GRACE,
    "connection_class": ServiceConnection,
    "max_cached_statement_lifetime": 0,
}


async def connect(dsn: str, *, merged: Sequence[Statement] = (), patience: float | None = None) -> Connection:
    """Open a connection; `merged` are the `:batch` statements to prepare on it, if it is for merged statements.

    `patience` is how many seconds a statement is waited for, if not as long as usual.
    """
    set_up = partial(_set_up, settings=_MERGED_SETTINGS if merged else _SERVER_SETTINGS)
    options = OPTIONS if patience is None else {**OPTIONS, "command_timeout": patience}
    connection = await open_connection(dsn, set_up, **options)
    try:
        for statement in merged:
            # Running it for no calls has no effect but that asyncpg keeps it prepared. If that fails, as its table is
            # locked or was changed, only the callers of this statement will get the error.
            try:
                await connection.fetch(statement.text, *[[] for _ in statement.parameters])
            except asyncpg.PostgresError:
                if connection.is_closed():
                    raise
    except BaseException:
        connection.terminate()
        raise
    return connection


async def close(connection: Connection) -> None:
    """Close a connection that nothing uses; it may be lost, which nobody has noticed."""
    try:
        await connection.close(timeout=CLOSING_TIMEOUT)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        connection.terminate()


async def for_writes(connection: Connection) -> Connection:
    """The connection, if its server takes writes; otherwise it's closed.

    Raises:
        asyncpg.TargetServerAttributeNotMatched: it doesn't.
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: the connection is lost.

    """
    try:
        if await connection.fetchval("show transaction_read_only") == "on":
            raise asyncpg.TargetServerAttributeNotMatched("the server takes no writes")  # noqa: TRY301
    except BaseException:
        connection.terminate()
        raise
    return connection


async def _set_up(connection: Connection, settings: Mapping[str, str]) -> None:
    """Prepare a new connection for the service's statements.

    Raises:
        ReplacedLeaderError: its server was replaced.
        OSError, asyncpg.PostgresError, asyncpg.InterfaceError: the connection is lost.

    """
    # Otherwise the kernel goes on sending what a closed socket held, and a write that was given up during a failure of
    # the network takes effect after it. asyncpg itself closes connections too, so this is done when they are opened.
    socket_of(connection).setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
    await connection.execute("; ".join(f"set {name} = '{value}'" for name, value in settings.items()))
    opened = cast("ServiceConnection", connection)
    [row] = await opened.fetch(_IDENTIFY)
    opened.session = Session(**row)
    fence.enter(opened)
    opened.add_log_listener(opened.hear)
    await set_codecs(connection)
