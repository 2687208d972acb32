"""Accounts for the tests of logins."""

from collections.abc import AsyncIterator

import httpx
import pytest

from api.database.pool import open_pool
from api.database.queries import attached, bind_columns, merged_statements
from api.postgres.embedded import EmbeddedServer
from tests.auth.logins import new_name, register


@pytest.fixture
async def name(client: httpx.AsyncClient) -> str:
    """An account, and a client that is logged out."""
    name = new_name()
    assert (await register(client, name)).status_code == 201
    client.cookies.clear()
    return name


@pytest.fixture
async def pool(cluster: EmbeddedServer, dsn: str) -> AsyncIterator[None]:
    """Has this process run the statements as a worker does."""
    async with open_pool(cluster.service_dsn, merged_statements()) as opened:
        with attached(opened):
            async with opened.connection() as connection:
                await bind_columns(connection)
            yield
