"""Accounts for the tests of logins."""

import httpx
import pytest

from tests.auth.logins import new_name, register


@pytest.fixture
async def name(client: httpx.AsyncClient) -> str:
    """An account, and a client that is logged out."""
    name = new_name()
    assert (await register(client, name)).status_code == 201
    client.cookies.clear()
    return name
