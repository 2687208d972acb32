"""A leader that was replaced and doesn't know it, as one whose Patroni hangs, is left when others are looked at."""

import asyncio
from typing import Any, cast
from urllib.parse import quote

import psycopg
import pytest

from api.child_profiles.queries import sql
from api.database.connections import connect
from api.database.pool import open_pool
from api.database.queries import merged_statements
from api.database.sessions import session_of
from api.database.standbys import standby as states
from api.database.standbys.absence import absence
from api.postgres.embedded import EmbeddedServer
from tests.standbys.following import Follower
from tests.standbys.test_promotion import wait_for_states

pytestmark = pytest.mark.long

STATEMENT = cast("Any", sql.get_child_profile).statement


async def test_idle_connections_to_a_replaced_leader_end(
    leader: EmbeddedServer, standbys: list[Follower], read_url: str
) -> None:
    async with open_pool(leader.service_dsn, merged_statements(), read_url) as pool:
        await wait_for_states(pool, [states.LEADS, states.FOLLOWS, states.FOLLOWS])
        with psycopg.connect(standbys[0].dsn, autocommit=True) as superuser:
            superuser.execute("select pg_promote()")
        try:
            async with await psycopg.AsyncConnection.connect(leader.dsn, autocommit=True) as superuser_before:
                async with asyncio.timeout(60):
                    while await _sessions(superuser_before):
                        await asyncio.sleep(0.01)
            async with asyncio.timeout(60):
                while not all(keeper.away for keeper in pool._connections._keepers):
                    await asyncio.sleep(0.01)
            with pytest.raises(ConnectionError):
                async with pool.transaction():
                    pytest.fail("it writes to a leader that was replaced")
            # Reads go to the one that leads now.
            await wait_for_states(pool, [states.AWAY, states.LEADS, states.FOLLOWS])
            assert await pool.fetch(STATEMENT, (1, 1), 1) == []
            hosts = ",".join(quote(str(server.cluster), safe="") for server in (leader, standbys[0]))
            url = f"postgresql://nestwerk_service@/nestwerk?host={hosts}&port=5432,5432"
            for _ in range(8):
                connection = await connect(f"{url}&target_session_attrs=read-write")
                assert session_of(connection).timeline == 2
                connection.terminate()
        finally:
            absence.end()


async def _sessions(superuser: psycopg.AsyncConnection[Any]) -> bool:
    """Whether the service has any session there."""
    asked = await superuser.execute("select exists (select from pg_stat_activity where usename = 'nestwerk_service')")
    row = await asked.fetchone()
    return row is None or bool(row[0])
