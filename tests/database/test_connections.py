"""Limits of time, which are the same for every statement, and moments."""

from datetime import UTC, datetime, timedelta, timezone

import asyncpg
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


@pytest.mark.parametrize("style", ["iso", "german"])
async def test_moments_come_back_as_they_were(style: str, dsn: str) -> None:
    east, west = (timezone(timedelta(hours=hours, minutes=59)) for hours in (23, -24))
    moments = [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        datetime(1582, 10, 15, tzinfo=UTC),
        datetime(2026, 3, 1, 19, 20, 0, 100, tzinfo=east),
        datetime(2026, 3, 1, 19, 20, 0, 120000, tzinfo=west),
    ]
    admin = await asyncpg.connect(dsn)
    await admin.execute(f"alter role current_user set datestyle = '{style}'")
    try:
        connection = await connect(dsn)
        try:
            back = await connection.fetchval("select $1::timestamptz[]", [*moments, None])
            each = [await connection.fetchval("select $1::timestamptz", moment) for moment in moments]
        finally:
            await connection.close()
    finally:
        await admin.execute("alter role current_user reset datestyle")
        await admin.close()
    assert back == [*moments, None]
    assert each == moments
    assert {moment.tzinfo for moment in each} == {UTC}
