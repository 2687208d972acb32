"""Translates database errors into problems for the client.

Errors are told apart by their class, that is SQLSTATE, and violated constraints by their names.
"""

import logging
from collections.abc import Mapping
from typing import Final

import asyncpg

from api.database.given_up import DatabaseAway
from api.database.outdated import is_outdated
from api.database.retries import OutcomeUnknown
from api.database.shares import ShareExceeded
from api.problems.field_messages import NEEDS_CONSENT
from api.problems.problem import Problem, Violation
from api.problems.types import (
    CONSENT_REQUIRED,
    DATABASE_UNAVAILABLE,
    INVALID_BODY,
    OUTCOME_UNKNOWN,
    SCHEMA_MISMATCH,
    TOO_BUSY,
    TOO_MANY_REQUESTS,
    ProblemType,
)

logger = logging.getLogger(__name__)

# Seconds after which a client may try again.
RETRY_AFTER: Final = 1


class SchemaMismatch(ConnectionError):  # noqa: N818
    """The database isn't as the statements need it."""


_AWAY = (
    ConnectionError,
    OSError,
    asyncpg.PostgresConnectionError,
    # Shutdown and crash recovery; its subclass for cancelled statements is in _BUSY, which comes first.
    asyncpg.OperatorInterventionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
)
_BUSY = (
    TimeoutError,
    asyncpg.QueryCanceledError,
    asyncpg.LockNotAvailableError,
    asyncpg.InsufficientResourcesError,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
)
# Errors for values that passed validation and that PostgreSQL can't hold.
_REFUSED = (
    asyncpg.DataError,
    asyncpg.CheckViolationError,
    asyncpg.NotNullViolationError,
    asyncpg.StatementTooComplexError,
)


def translate(error: Exception, constraints: Mapping[str, ProblemType], statement: str = "") -> Problem | None:
    """Problem for a database error of a statement, or None for an error of the service itself.

    `constraints` gives the problem types of the constraints that a client can violate, by name.
    """
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        broken = _broken(error, constraints)
        if broken is not None:
            return broken
    if isinstance(error, _REFUSED) or _is_unfit(error):
        _log("refused by the database", error, statement)
        return Problem(INVALID_BODY)
    if isinstance(error, OutcomeUnknown):
        _log("outcome unknown", error.__cause__ or error, statement)
        return Problem(OUTCOME_UNKNOWN)
    if isinstance(error, ShareExceeded):
        # One client can cause any number of these, so they aren't logged.
        return Problem(TOO_MANY_REQUESTS, retry_after=RETRY_AFTER)
    kind = _unserved(error)
    if kind is None:
        return None
    if not isinstance(error, DatabaseAway):
        _log(kind.code, error, statement)
    return Problem(kind, retry_after=RETRY_AFTER)


def _broken(error: asyncpg.IntegrityConstraintViolationError, constraints: Mapping[str, ProblemType]) -> Problem | None:
    """Problem for a constraint that clients can violate.

    Health-related fields without consent are named by the error's column: names of columns, or paths in the body.
    """
    if error.constraint_name == "health_data_consent":
        names = (error.column_name or "").split(",")
        return Problem(CONSENT_REQUIRED, violations=[Violation(f"/{_camel(name)}", NEEDS_CONSENT) for name in names])
    broken = constraints.get(error.constraint_name or "")
    return Problem(broken) if broken else None


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(map(str.capitalize, rest))


def _log(message: str, error: BaseException, statement: str) -> None:
    """Log an error by its names: neither values nor PostgreSQL's message, which quotes them, belong in the log."""
    logger.warning(
        message,
        extra={
            "event": "database_error",
            "error": type(error).__name__,
            "statement": statement,
            "sqlstate": getattr(error, "sqlstate", None),
            "constraint": getattr(error, "constraint_name", None),
            "kind": (message, type(error), getattr(error, "constraint_name", None)),
        },
    )


def _unserved(error: Exception) -> ProblemType | None:
    """Problem type for an error after which the same request may succeed."""
    if isinstance(error, SchemaMismatch):
        return SCHEMA_MISMATCH
    if isinstance(error, _BUSY) or is_outdated(error):
        return TOO_BUSY
    return DATABASE_UNAVAILABLE if isinstance(error, _AWAY) else None


def _is_unfit(error: Exception) -> bool:
    """Whether asyncpg says that a value doesn't fit its parameter; a plain ValueError is one of reading a row."""
    return isinstance(error, ValueError) and isinstance(error, asyncpg.InterfaceError)
