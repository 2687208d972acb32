"""The service's log while every request fails: one trace a second, and not one a request."""

import asyncio
import time
from pathlib import Path

import psycopg
import pytest

from api.database.aliases import Connection
from api.postgres.embedded import EmbeddedServer
from api.postgres.roles import make_roles
from tests.accounts import Accounts
from tests.conftest import running_service

REQUESTS = 300


@pytest.mark.long
async def test_a_missing_right_is_told_once_a_second(
    cluster: EmbeddedServer, dsn: str, database: Connection, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with (
        log.open("wb") as output,
        running_service(cluster.service_dsn, log_level="warning", workers=1, output=output) as address,
    ):
        async with Accounts(address, database) as accounts:
            parent = await accounts.parent()
            with psycopg.connect(dsn, autocommit=True) as connection:
                connection.execute("revoke select on parenting_goals from nestwerk_service")
                connection.execute("revoke all on child_profiles from nestwerk_service")
            try:
                begun = time.monotonic()
                for _ in range(REQUESTS // 50):
                    answers = await asyncio.gather(
                        *[parent.client.get("/api/parenting-goals") for _ in range(25)],
                        *[parent.client.delete("/api/child-profiles/1") for _ in range(25)],
                    )
                    assert {answer.status_code for answer in answers} == {500}
                seconds = time.monotonic() - begun
            finally:
                make_roles(dsn)
            assert (await parent.client.get("/api/parenting-goals")).status_code == 200
    text = log.read_text()
    # Two kinds, each once in a second that has begun.
    assert 2 <= text.count("unexpected error") <= 2 * (int(seconds) + 2)
    # A line has the error's type, and the stack behind it names it again.
    assert text.count("error=InsufficientPrivilegeError") <= 2 * (int(seconds) + 2)
    assert len(text) < 20_000 * (seconds + 1)
