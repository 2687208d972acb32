"""Limits of time, which are the same for every statement."""

import pytest

from api.database.connections import GRACE, OPTIONS, STATEMENT_TIMEOUT, connect
from api.database.statements.files import Statement


@pytest.mark.parametrize("names", [[], ["read"]], ids=["single", "merged"])
async def test_every_statement_has_the_same_limits(
    names: list[str], dsn: str, table: object, statements: dict[str, Statement]
) -> None:
    connection = await connect(dsn, merged=[statements[name] for name in names])
    shown = [await connection.fetchval(f"show {name}") for name in ("statement_timeout", "transaction_timeout")]
    await connection.close()
    assert shown == ["2s", "4s"]
    assert OPTIONS["command_timeout"] == STATEMENT_TIMEOUT + GRACE
