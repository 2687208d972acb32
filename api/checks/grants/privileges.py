"""Checks that a connection's role may run the statements, as preparing them doesn't."""

from collections.abc import Collection

import asyncpg

from api.checks.faults import Fault
from api.database.aliases import Connection
from api.database.statements.files import Statement


async def check_privileges(connection: Connection, statements: Collection[Statement]) -> list[Fault]:
    """Statements that the connection's role may not run. They are only explained, not run."""
    try:
        # All at once, as one by one they take a round trip each.
        await connection.execute(explain_script(statements))
    except asyncpg.PostgresError:
        return sorted([fault for each in statements if (fault := await _refusal(connection, each))])
    return []


def explain_script(statements: Collection[Statement]) -> str:
    """A script that explains statements, for which PostgreSQL checks their privileges."""
    return "".join(f"explain (generic_plan) {statement.text}\n;" for statement in statements)


async def _refusal(connection: Connection, statement: Statement) -> Fault | None:
    try:
        await connection.execute(explain_script([statement]))
    except asyncpg.InsufficientPrivilegeError as error:
        return Fault(statement.path, statement.line, statement.name, f"PostgreSQL says: {error.args[0]}")
    except asyncpg.PostgresError:
        # Any other error is a fault of the contract.
        return None
    return None
