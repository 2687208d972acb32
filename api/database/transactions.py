"""How statements run in a transaction."""

from collections.abc import Sequence
from time import perf_counter
from typing import Final

from api.database.aliases import Connection, Row
from api.database.executions import note_execution, traced
from api.database.measures import OUTDATED, calls_of, count_retries
from api.database.outdated import RENEWALS, is_outdated
from api.database.retries import is_lost
from api.database.statements.files import Statement

_BEGIN_ANEW: Final = "rollback; begin"


class Transaction:
    """A transaction that has begun on a connection."""

    def __init__(self, connection: Connection, *, snapshot: bool = False) -> None:
        self.connection = connection
        self._begin_anew = _BEGIN_ANEW + (" isolation level repeatable read" if snapshot else "")
        # Whether nothing has been done yet that a rollback would undo.
        self._fresh = True

    async def fetch(self, statement: Statement, arguments: Sequence[object]) -> list[Row]:
        """Run a statement; the first one begins the transaction anew if a migration outdated it.

        Later ones can't, and their error ends the transaction.

        Raises:
            asyncpg.PostgresError, asyncpg.InterfaceError, OSError, ValueError: errors of the database or of asyncpg.

        """
        for _ in range(RENEWALS):
            try:
                rows = await self._fetch(statement, arguments)
            except Exception as error:
                if not (self._fresh and is_outdated(error)):
                    raise
                count_retries(statement, OUTDATED)
                await self.connection.execute(self._begin_anew)
            else:
                self._fresh = False
                return rows
        return await self._fetch(statement, arguments)

    async def _fetch(self, statement: Statement, arguments: Sequence[object]) -> list[Row]:
        try:
            # Prepared anew: asyncpg doesn't do that by itself in a transaction, where a statement that is kept would
            # fail after a migration. What is prepared locks its tables, so a migration waits until the end.
            prepared = await self.connection.prepare(statement.text)
            started = perf_counter()
            rows = await traced(prepared.fetch(*arguments), statement)
        except Exception as error:
            # This terminates a lost connection, so that the end of the transaction isn't waited for.
            is_lost(error, self.connection)
            raise
        note_execution(statement, perf_counter() - started, len(rows), calls=calls_of(statement, arguments))
        return rows
