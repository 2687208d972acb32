"""What is counted of statements and connections."""

from collections.abc import Sequence
from typing import Final

import asyncpg

from api.database.retries import OutcomeUnknown
from api.database.shares import ShareExceeded
from api.database.statements.files import Statement
from api.metrics import Counter, Histogram

# Reasons of `count_retries`.
LOST: Final = "connection lost"
OUTDATED: Final = "outdated"
HALVED: Final = "halved"

_SECONDS: Final = Histogram(
    "nestwerk_statement_duration_seconds",
    "Executions of statements, from when they were sent until their rows were there.",
    "statement",
    bounds=(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2),
)
_CALLS: Final = Histogram(
    "nestwerk_statement_batch_calls",
    "Calls in each execution of a statement; their sum is the number of calls.",
    "statement",
    bounds=(1, 2, 4, 8, 16, 32, 64, 128),
)
_ROWS: Final = Counter("nestwerk_statement_rows_total", "Rows that statements gave.", "statement")
_ERRORS: Final = Counter(
    "nestwerk_statement_errors_total",
    "Calls of statements that got an error, by the class of its SQLSTATE or what else it was.",
    "statement",
    "class",
)
_RETRIES: Final = Counter(
    "nestwerk_statement_retries_total",
    "Calls that were run again: their connection was lost, a migration outdated their statement, or they were in a "
    "merged execution that failed and was halved.",
    "statement",
    "reason",
)
_LOCK_WAITS: Final = Counter(
    "nestwerk_statement_lock_waits_total", "Executions that met a lock and waited for it on the side.", "statement"
)
_WAIT: Final = Histogram(
    "nestwerk_database_wait_seconds",
    "How long calls waited for a connection; of a merged execution, the call that waited longest.",
    "connections",
    bounds=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1),
)


def count_execution(statement: Statement, seconds: float, calls: int, rows: int) -> None:
    """Count an execution that succeeded."""
    labels = (statement.name,)
    _SECONDS.observe(seconds, labels)
    _CALLS.observe(calls, labels)
    _ROWS.add(statement.name, amount=rows)


def count_error(statement: Statement, error: Exception) -> None:
    """Count a call's error."""
    _ERRORS.add(statement.name, _class(error))


def count_retries(statement: Statement, reason: str, calls: int = 1) -> None:
    """Count calls that are run again."""
    _RETRIES.add(statement.name, reason, amount=calls)


def count_lock_wait(statement: Statement) -> None:
    """Count an execution that is about to wait for a lock."""
    _LOCK_WAITS.add(statement.name)


def count_wait(connections: str, seconds: float) -> None:
    """Count how long a call waited for connections of a kind."""
    _WAIT.observe(seconds, (connections,))


def calls_of(statement: Statement, arguments: Sequence[object]) -> int:
    """How many calls are in an execution with PostgreSQL's arguments."""
    return len(arguments[0]) if statement.batch and arguments else 1  # type: ignore[arg-type]


def _class(error: Exception) -> str:
    match error:
        case asyncpg.PostgresError(sqlstate=str(state)):
            return state[:2]
        case OutcomeUnknown():
            return "outcome unknown"
        case ShareExceeded():
            return "share exceeded"
        case TimeoutError():
            return "no connection in time"
        case OSError() | asyncpg.InterfaceError():
            return "database away"
        case _:
            return "other"
