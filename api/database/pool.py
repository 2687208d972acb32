"""The connections of a worker process to PostgreSQL, and what a statement runs on."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any, Final

import asyncpg
import msgspec

from api.database.aliases import Connection, Pool, Row
from api.database.query_files import Statement

CONNECTIONS: Final = 8
ACQUIRE_TIMEOUT: Final = 1.0
STATEMENT_TIMEOUT: Final = 10.0

SERVER_SETTINGS: Final = {
    "application_name": "nestwerk",
    "jit": "off",
    "timezone": "UTC",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
}


class _Connection(Connection):
    """A connection that costs no round trip when it goes back: no statement of the service leaves session state."""

    def get_reset_query(self) -> str:
        return ""


class _Pool:
    """The pool of this process, while it's open."""

    current: Pool | None = None


_transaction: ContextVar[Connection | None] = ContextVar("transaction", default=None)


@asynccontextmanager
async def open_pool(dsn: str) -> AsyncIterator[Pool]:
    """Open the pool of this process; every statement runs on it until the block ends."""
    pool: Pool = await asyncpg.create_pool(
        dsn,
        min_size=CONNECTIONS,
        max_size=CONNECTIONS,
        max_inactive_connection_lifetime=0,
        command_timeout=STATEMENT_TIMEOUT,
        timeout=5.0,
        connection_class=_Connection,
        server_settings=SERVER_SETTINGS,
        init=_set_codecs,
    )
    _Pool.current = pool
    try:
        yield pool
    finally:
        _Pool.current = None
        await pool.close()


@asynccontextmanager
async def connection() -> AsyncIterator[Connection]:
    """A connection of the pool, or the one of the transaction that the caller is in.

    Raises:
        TimeoutError: no connection came free in time.
        ConnectionError: the pool isn't open.

    """
    current = _transaction.get()
    if current is not None:
        yield current
        return
    if _Pool.current is None:
        raise ConnectionError("the pool isn't open")
    async with _Pool.current.acquire(timeout=ACQUIRE_TIMEOUT) as acquired:
        yield acquired  # type: ignore[misc]


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """All statements in the block take effect together, or none does."""
    async with connection() as current, current.transaction():
        token = _transaction.set(current)
        try:
            yield
        finally:
            _transaction.reset(token)


async def fetch(statement: Statement, arguments: Sequence[object]) -> list[Row]:
    """Run a statement, within the transaction that the caller is in, or else on its own."""
    async with connection() as current:
        return await current.fetch(statement.text, *arguments)


async def _set_codecs(new: Connection) -> None:
    await new.set_type_codec(
        "jsonb", schema="pg_catalog", format="binary", encoder=_encode_jsonb, decoder=_decode_jsonb
    )


def _encode_jsonb(value: Any) -> bytes:
    # The wire format of jsonb is a version byte and the text.
    return b"\x01" + (bytes(value) if isinstance(value, msgspec.Raw) else msgspec.json.encode(column_document(value)))


def _decode_jsonb(wire: bytes) -> msgspec.Raw:
    # Passed on as it is: a document of the database goes out without being taken apart.
    return msgspec.Raw(wire[1:])


def column_document(value: Any) -> Any:
    """Structs as objects keyed by column, without the fields that are UNSET."""
    if isinstance(value, msgspec.Struct):
        return {
            name: column_document(field)
            for name in value.__struct_fields__
            if (field := getattr(value, name)) is not msgspec.UNSET
        }
    if isinstance(value, list):
        return [column_document(item) for item in value]
    return value
