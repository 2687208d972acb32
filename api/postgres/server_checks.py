"""Checks that a server can be used at all, before anything is made on it."""

from typing import Any, Final

import psycopg

from api.command_error import CommandError
from api.migrations.scripts import reason

MINIMUM_VERSION: Final = 18

# How often the two connections of a pooler in transaction mode get a chance to show that they share one.
_ROUNDS: Final = 3


class PreflightError(CommandError):
    """The database can't be used; the message says why in one line, without a password."""


def check_server(dsn: str, *, writes: bool = True) -> None:
    """Refuse a server that can't be used by the service or by migrations, or by what only reads.

    Raises:
        PreflightError: PostgreSQL can't be reached, refuses the user, is too old, or takes no writes that are wanted;
            or what is reached is a pooler that gives each transaction another connection.

    """
    with connected(dsn) as connection:
        version = connection.info.server_version // 10_000
        if version < MINIMUM_VERSION:
            raise PreflightError(f"PostgreSQL {MINIMUM_VERSION} or later is needed, and this is PostgreSQL {version}")
        try:
            if writes:
                _check_writable(connection)
            with connected(dsn) as other:
                _check_sessions(connection, other)
        except psycopg.Error as error:
            raise PreflightError(f"PostgreSQL can't be checked: {reason(error)}") from None


def connected(dsn: str) -> psycopg.Connection[Any]:
    """A connection without a transaction around its statements.

    Raises:
        PreflightError: PostgreSQL can't be reached, refuses the user, or lacks the database.

    """
    try:
        return psycopg.connect(dsn, autocommit=True, prepare_threshold=None)
    except psycopg.Error as error:
        why = reason(error)
        if "does not support SSL" in why:
            why += "; a connection to another machine has TLS, unless sslmode=disable says that its network is safe"
        raise PreflightError(f"can't connect to PostgreSQL: {why}") from None


def _check_writable(connection: psycopg.Connection[Any]) -> None:
    where = f"PostgreSQL at {connection.info.host}"
    if connection.execute("select pg_is_in_recovery()").fetchone() == (True,):
        raise PreflightError(
            f"{where} is a standby, which takes no writes: connect to the primary, "
            "or name all hosts and target_session_attrs=read-write"
        )
    if connection.execute("show transaction_read_only").fetchone() == ("on",):
        raise PreflightError(
            f"{where} is read-only for this role, as default_transaction_read_only is on: turn that off, "
            "for the server, the database or the role"
        )


def _check_sessions(one: psycopg.Connection[Any], other: psycopg.Connection[Any]) -> None:
    """Refuse a pooler that hands a session on between transactions: settings, locks and statements would be lost."""
    seen = {_session(one)}
    for _ in range(_ROUNDS):
        try:
            # While it's in a transaction, a session is nobody else's.
            with other.transaction():
                shared = _session(other) in seen
                seen.add(_session(one))
        except psycopg.errors.ProtocolViolation as error:
            if "query_wait_timeout" in str(error):
                raise PreflightError(
                    "between here and PostgreSQL is a pooler that had no second connection free: give its pool room "
                    "for those of all workers"
                ) from None
            # PgBouncer in statement mode refuses transactions.
            shared = True
        if shared or len(seen) > 1:
            raise PreflightError(
                "between here and PostgreSQL is a pooler in transaction mode, as PgBouncer with pool_mode=transaction: "
                "sessions are needed, so give it pool_mode=session, or connect to PostgreSQL itself"
            )


def _session(connection: psycopg.Connection[Any]) -> int:
    [(pid,)] = connection.execute("select pg_backend_pid()").fetchall()
    return int(pid)
