"""Runs statements on connections, with a span where one is recorded, and logs those that take long."""

import logging
from collections.abc import Awaitable, Sequence
from math import inf
from typing import Any, Final

from api import telemetry
from api.database.aliases import Connection, Row
from api.database.call_queue import Call
from api.database.measures import count_execution
from api.database.statements.files import Statement

logger = logging.getLogger(__name__)

# Spans of the requests that a call is for.
Callers = Sequence[Any]


def execute(
    connection: Connection,
    statement: Statement,
    arguments: Sequence[object],
    *,
    calls: int = 1,
    callers: Callers | None = None,
) -> Awaitable[list[Row]]:
    """Run a statement for so many calls; `callers` are those of this task unless they are given."""
    execution = connection.fetch(statement.text, *arguments)
    if telemetry.tracing is None:
        return execution
    return traced(execution, statement, calls, callers)


def traced(
    execution: Awaitable[list[Row]], statement: Statement, calls: int = 1, callers: Callers | None = None
) -> Awaitable[list[Row]]:
    """An execution with its span, if one is recorded."""
    if telemetry.tracing is None:
        return execution
    if callers is None:
        callers = telemetry.tracing.callers
    return telemetry.tracing.traced(execution, statement.name, calls, callers)


def callers_of(calls: Sequence[Call]) -> Callers:
    return [caller for call in calls for caller in call.callers] if telemetry.tracing is not None else ()


def work_for(calls: Sequence[Call]) -> None:
    """Have what this task executes be for the requests of calls."""
    if telemetry.tracing is not None:
        telemetry.tracing.work_for(callers_of(calls))


class SlowStatements:
    """Logs statements that take longer than `seconds`, those that they wait for a connection included."""

    def __init__(self) -> None:
        self.seconds = inf

    def look(self, statement: Statement, seconds: float, wait: float, calls: int) -> None:
        if seconds + wait > self.seconds:
            logger.warning(
                "slow statement",
                extra={
                    "event": "slow_statement",
                    "statement": statement.name,
                    "calls": calls,
                    "ms": round(seconds * 1000, 1),
                    "wait_ms": round(wait * 1000, 1),
                    "kind": (statement.name,),
                },
            )


slow_statements: Final = SlowStatements()


def note_execution(statement: Statement, seconds: float, rows: int, *, calls: int = 1, wait: float = 0.0) -> None:
    """Count an execution that succeeded, and log it if it was slow; times are in seconds."""
    count_execution(statement, seconds, calls, rows)
    slow_statements.look(statement, seconds, wait, calls)
