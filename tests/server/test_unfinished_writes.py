"""The service while a backend of PostgreSQL is stopped: a write that was given up never undoes a later one."""

import asyncio
import os
import signal
import time
from typing import Final

import httpx
import pytest

from api.database.aliases import Connection
from api.postgres.embedded import EmbeddedServer
from tests.accounts import Accounts, Parent
from tests.backends import CONNECTIONS
from tests.conftest import running_service
from tests.waiting import LONGEST

pytestmark = pytest.mark.long

BACKENDS: Final = "select count(*) from pg_stat_activity where application_name = 'unfinished'"
# The backend of the service that changed a goal last.
WRITING: Final = """
select pid from pg_stat_activity
 where query like '%/* update_parenting_goal */%' and usename <> current_user
 order by state_change desc limit 1
"""


@pytest.mark.parametrize("workers", [1, 2])
async def test_a_write_on_a_stopped_backend_undoes_no_later_one(
    workers: int, cluster: EmbeddedServer, dsn: str, database: Connection
) -> None:
    of_service = f"{cluster.service_dsn}&application_name=unfinished"
    with running_service(of_service, log_level="error", workers=workers) as address:
        # A worker that starts later would be the last one to have run the statement.
        async with asyncio.timeout(LONGEST):
            while await database.fetchval(BACKENDS) < workers * CONNECTIONS:
                await asyncio.sleep(0.02)
        async with Accounts(address, database) as accounts:
            parent = await accounts.parent()
            added = await parent.client.post("/api/parenting-goals", json={"title": "Read"})
            goal = f"/api/parenting-goals/{added.json()['id']}"
            assert (await parent.client.patch(goal, json={"priority": 3})).status_code == 200
            stopped = await database.fetchval(WRITING)
            os.kill(stopped, signal.SIGSTOP)
            try:
                answer = await parent.client.patch(goal, json={"priority": 1})
                assert answer.json()["code"] == "outcome_unknown"
                confirmed = await changed(address, parent, goal, seconds=2)
                assert (await parent.client.get(goal)).status_code == 200
            finally:
                os.kill(stopped, signal.SIGCONT)
            assert confirmed or await changed(address, parent, goal, seconds=LONGEST)
            await asyncio.sleep(1)
            assert (await parent.client.get(goal)).json()["priority"] == 2


async def changed(address: str, parent: Parent, goal: str, *, seconds: float) -> bool:
    """Set a goal's priority to 2, and say whether that was confirmed; meanwhile the service only says that it can't."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        # A connection of its own, which any worker may accept.
        async with httpx.AsyncClient(
            base_url=address, cookies=parent.client.cookies, timeout=LONGEST, verify=False
        ) as client:
            answer = await client.patch(goal, json={"priority": 2}, headers=parent.client.headers)
        if answer.status_code == 200:
            return True
        assert answer.status_code == 503, answer.text
        assert answer.json()["code"] in {"database_unavailable", "too_busy"}
        await asyncio.sleep(0.05)
    return False
