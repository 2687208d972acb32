"""A standby that takes over: the other one follows it, and is read again."""

import asyncio
from typing import Any, cast
from urllib.parse import quote

import psycopg
import pytest

from api.child_profiles.queries import sql
from api.database.pool import Pool, open_pool
from api.database.queries import merged_statements
from api.database.standbys import standby as states
from api.database.standbys.positions import Position
from api.database.standbys.standby import Behind, Standby
from api.postgres.embedded import EmbeddedServer
from tests.standbys.following import Follower, let_standbys_in

pytestmark = pytest.mark.long

STATEMENT = cast("Any", sql.get_child_profile).statement


async def wait_for_states(pool: Pool, expected: list[str]) -> None:
    assert pool._standbys is not None
    async with asyncio.timeout(60):
        while (told := [standby.state for standby in pool._standbys._standbys]) != expected:
            # Whatever they are meanwhile, reads are answered.
            assert await pool.fetch(STATEMENT, (1, 1), 1) == [], told
            await asyncio.sleep(0.02)


async def has_reached(standby: Standby, position: Position, database: str | None) -> bool:
    try:
        await standby.reach(position, database)
    except Behind:
        return False
    return True


async def test_who_follows_a_promoted_standby_is_read(
    leader: EmbeddedServer, standbys: list[Follower], read_url: str
) -> None:
    one, two = standbys
    with psycopg.connect(leader.dsn, autocommit=True) as superuser:
        superuser.execute("alter system set synchronous_standby_names = 'ANY 1 (one, two)'")
        superuser.execute("select pg_reload_conf()")
    hosts = ",".join(quote(str(server.cluster), safe="") for server in (leader, one))
    url = f"postgresql://nestwerk_service@/nestwerk?host={hosts}&port=5432,5432&target_session_attrs=read-write"
    async with open_pool(url, merged_statements(), read_url) as pool:
        await wait_for_states(pool, [states.LEADS, states.FOLLOWS, states.FOLLOWS])
        leader._postmaster.stop()
        try:
            await wait_for_states(pool, [states.AWAY, states.FOLLOWS, states.FOLLOWS])
            with psycopg.connect(one.dsn, autocommit=True) as superuser:
                superuser.execute("select pg_promote()")
            let_standbys_in(one)
            await wait_for_states(pool, [states.AWAY, states.LEADS, states.FOLLOWS])
            conninfo = psycopg.conninfo.make_conninfo(one.dsn, dbname="postgres", application_name="two")
            two._more = {**two._more, "primary_conninfo": conninfo}
            two.stop()
            two.start()
            assert pool._standbys is not None
            follower = pool._standbys._standbys[2]
            async with asyncio.timeout(60):
                while pool._standbys.is_alone or follower.watched.replayed.timeline != 2:
                    assert await pool.fetch(STATEMENT, (1, 1), 1) == []
                    await asyncio.sleep(0.02)
            position = await pool._standbys._confirmed.position()
            assert position.timeline == 2
            async with asyncio.timeout(60):
                # Its connection for reads may be a new one later than that which tells where it is.
                while not await has_reached(follower, position, pool._standbys._confirmed.database):
                    await asyncio.sleep(0.02)
        finally:
            leader.restart(lambda: False)
