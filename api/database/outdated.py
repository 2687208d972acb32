"""Runs statements again that a migration outdated between their preparation and their execution.

PostgreSQL refuses them, so they did nothing. asyncpg prepares such a statement anew, but only once, outside
transactions, and for one of the errors.
"""

from collections.abc import Sequence
from time import perf_counter
from typing import Final

import asyncpg

from api.database.aliases import Connection, Row
from api.database.executions import execute, note_execution
from api.database.measures import OUTDATED, calls_of, count_retries
from api.database.retries import find_loss
from api.database.statements.files import Statement

# Most times that a statement is run again.
RENEWALS: Final = 3


def is_outdated(error: Exception) -> bool:
    """Whether an error says that a statement was planned for a schema that has changed since."""
    if isinstance(error, asyncpg.InvalidCachedStatementError):
        return True
    # Internal errors that a type or table which is dropped while a statement is planned causes.
    return isinstance(error, asyncpg.InternalServerError) and str(error).startswith(
        ("cache lookup failed for", "could not open relation")
    )


async def run_again(
    connection: Connection, statement: Statement, arguments: Sequence[object], error: Exception
) -> list[Row]:
    """Run a statement again that failed with `error`, outside a transaction.

    Raises:
        Exception: whatever the statement raises the last time, or what the loss of its connection means.

    """
    calls = calls_of(statement, arguments)
    for _ in range(RENEWALS):
        count_retries(statement, OUTDATED)
        started = perf_counter()
        try:
            rows = await execute(connection, statement, arguments, calls=calls)
        except Exception as again:  # noqa: BLE001
            if not is_outdated(again):
                loss = find_loss(again, connection, statement)
                raise (loss.error if loss else again)  # noqa: B904
            error = again
        else:
            note_execution(statement, perf_counter() - started, len(rows), calls=calls)
            return rows
    raise error
