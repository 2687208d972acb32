"""Batchers, and the table of counters that their statements use."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from api.database.aliases import Connection
from api.database.batching import Batcher
from api.database.statements.files import Statement, read_statement_file
from tests.database.merged_counters import SQL, TABLE, opened


@pytest.fixture(scope="session")
def statements(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Statement]:
    path: Path = tmp_path_factory.mktemp("queries") / "merged.sql"
    path.write_text(SQL)
    return {statement.name: statement for statement in read_statement_file(path)}


@pytest.fixture
async def table(dsn: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(dsn)
    await connection.execute(TABLE)
    await connection.execute("truncate merged_counters")
    yield connection
    await connection.execute("drop table merged_counters")
    await connection.close()


@pytest.fixture
async def batcher(dsn: str, table: Connection, statements: dict[str, Statement]) -> AsyncIterator[Batcher]:
    async with opened(dsn, 1, list(statements.values())) as made:
        yield made


@pytest.fixture
async def two(dsn: str, table: Connection, statements: dict[str, Statement]) -> AsyncIterator[Batcher]:
    """A batcher with two connections."""
    async with opened(dsn, 2, list(statements.values())) as made:
        yield made
