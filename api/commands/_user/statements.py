"""Runs the statements of sql/support, and of the service's the one that erases."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg.rows import namedtuple_row

from api.database.queries import STATEMENTS
from api.database.statements.files import read_statements
from api.paths import SUPPORT

_STATEMENTS: Final = {**read_statements(SUPPORT), "erase_account": STATEMENTS["erase_account"]}
# A command waits for a family's writes, and not for long.
_OPTIONS: Final = "set timezone = 'UTC'; set lock_timeout = '5s'; set statement_timeout = '1min'"


class Statements:
    """The statements, on a connection that commits each unless it's in a transaction."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self.transaction = connection.transaction

    def many(self, name: str, **values: object) -> list[Any]:
        """Rows of a statement, with an attribute for each column."""
        statement = _STATEMENTS[name]
        cursor = psycopg.RawCursor(self._connection, row_factory=namedtuple_row)
        cursor.execute(statement.text.encode(), [values[parameter] for parameter in statement.parameters])
        return cursor.fetchall() if cursor.description else []

    def maybe(self, name: str, **values: object) -> Any:
        """The row of a statement, or None."""
        return next(iter(self.many(name, **values)), None)


@contextmanager
def opened(dsn: str) -> Iterator[Statements]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(_OPTIONS)
        yield Statements(connection)
