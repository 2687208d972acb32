"""Whether the role behind a connection may run the statements, which preparing them doesn't tell."""

from collections.abc import Collection

import asyncpg

from api.checks.faults import Fault
from api.database.aliases import Connection
from api.database.statements.files import Statement


async def check_privileges(connection: Connection, statements: Collection[Statement]) -> list[Fault]:
    """What the connection's role may not run. Nothing is run, only explained."""
    try:
        # All at once: one by one they take a round trip each.
        await connection.execute(explained(statements))
    except asyncpg.PostgresError:
        return sorted([fault for each in statements if (fault := await _refusal(connection, each))])
    return []


def explained(statements: Collection[Statement]) -> str:
    """A script that has PostgreSQL plan statements and look at the privileges that they need."""
    return "".join(f"explain (generic_plan) {statement.text}\n;" for statement in statements)


async def _refusal(connection: Connection, statement: Statement) -> Fault | None:
    try:
        await connection.execute(explained([statement]))
    except asyncpg.InsufficientPrivilegeError as error:
        return Fault(statement.path, statement.line, statement.name, f"PostgreSQL says: {error.args[0]}")
    except asyncpg.PostgresError:
        # One that PostgreSQL doesn't take at all is named by the contract.
        return None
    return None
