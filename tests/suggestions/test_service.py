"""A service makes suggestions by itself."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from time import monotonic

import httpx
import pytest

from api.database.aliases import Connection
from api.postgres.embedded import EmbeddedServer
from tests.accounts import Accounts
from tests.conftest import running_service
from tests.server.test_serve import running
from tests.server.test_supervisor import workers

DOCUMENT = {
    "basicInfo": {"name": "Noor", "parentType": "mom", "experienceLevel": "first_time"},
    "stressAssessment": {"stressLevel": "moderate", "primaryConcerns": ["slapen"], "supportNetwork": []},
}
# Each of these families has one account, so a worker that is killed leaves some without.
FAMILIES = """
with account as (
  insert into users (username, email, password)
  select 'many-' || number, 'many-' || number || '@example.org', '$argon2id$unusable'
    from generate_series(1, 3000) as number
  returning id
)
insert into parent_profiles (user_id, name, completed_onboarding) select id, 'Noor', true from account
"""
NUMBERS = """
select coalesce(array_agg(distinct number), '{}') as numbers, count(*) filter (where number = 0) as without
  from (
         select count(given.id) as number
           from parent_profiles as profile
           join users as account on account.id = profile.user_id and account.username like 'many-%'
           left join suggestions as given on given.parent_profile_id = profile.id
          group by profile.id
       ) as families
"""


@pytest.fixture
async def families(database: Connection) -> AsyncIterator[None]:
    await database.execute(FAMILIES)
    # Each step takes a while, so that workers don't come to the end between two looks.
    await database.execute(
        "create function take_a_while() returns trigger language plpgsql as"
        " $$ begin perform pg_sleep(0.05); return null; end $$;"
        "create trigger take_a_while after insert on suggestions for each statement execute function take_a_while()"
    )
    yield
    await database.execute("drop trigger take_a_while on suggestions; drop function take_a_while")
    await database.execute("delete from users where username like 'many-%'")


@pytest.mark.long
async def test_who_completes_the_onboarding_has_suggestions_at_once(
    cluster: EmbeddedServer, accounts: Accounts, texts: None
) -> None:
    parent = await accounts.parent(profile=False)
    with running_service(cluster.service_dsn, log_level="warning") as address:
        async with httpx.AsyncClient(
            base_url=address, headers=parent.client.headers, timeout=60, verify=False
        ) as client:
            completed = await client.post("/api/onboarding/complete", json=DOCUMENT)
            assert completed.status_code == 200
            deadline = monotonic() + 60
            while not (given := (await client.get("/api/suggestions?context=chat")).json()):
                assert monotonic() < deadline
                await asyncio.sleep(0.05)
            assert len(given) == 5
            assert (await client.post(f"/api/suggestions/{given[0]['id']}/use")).status_code == 200
            assert len((await client.get("/api/suggestions?context=chat")).json()) == 4


@pytest.mark.long
async def test_a_worker_that_is_killed_half_way_leaves_nobody_with_half_or_twice(
    cluster: EmbeddedServer, database: Connection, texts: None, families: None, tmp_path: Path
) -> None:
    with running(tmp_path, DATABASE_URL=cluster.service_dsn, WORKERS="2", LOG_LEVEL="error") as served:
        killed, deadline = 0, monotonic() + 240
        while True:
            [row] = await database.fetch(NUMBERS)
            assert set(row["numbers"]) <= {0, 5}
            if row["without"] == 0:
                break
            assert monotonic() < deadline
            if killed < 3 and row["without"] < 3000 - 500 * killed:
                for worker in workers(served):
                    os.kill(worker, signal.SIGKILL)
                killed += 1
            await asyncio.sleep(0.02)
        assert killed == 3
