"""Runs a statement for its plan, with times and buffers."""

from collections.abc import Mapping
from typing import Any

import psycopg
from psycopg.sql import SQL, Literal

from api.database.connections import MERGED_PLANNING, PLANNING
from api.database.statements.files import Statement


def explain_analyze(
    connection: psycopg.Connection[Any], statement: Statement, values: Mapping[str, str | None]
) -> list[str]:
    """Lines of the generic plan, which the service uses, executed with these values.

    The statement's changes are rolled back.
    """
    with connection.transaction(force_rollback=True):
        for name, value in (MERGED_PLANNING if statement.batch else PLANNING).items():
            connection.execute("select set_config(%s, %s, true)", [name, value])
        connection.execute(f"prepare explained as {statement.text}".encode())
        arguments = SQL(", ").join(Literal(values[parameter]) for parameter in statement.parameters)
        call = SQL("explained ({})").format(arguments) if statement.parameters else SQL("explained")
        rows = connection.execute(SQL("explain (analyze, buffers, wal, settings) execute {}").format(call))
        return [line for (line,) in rows]
