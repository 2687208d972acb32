"""Two standbys that follow a leader, and two instances of the service on the three."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from urllib.parse import quote

import asyncpg
import psycopg
import pytest

from api.database.aliases import Connection
from api.migrations import migrate
from api.postgres.embedded import EmbeddedServer
from api.postgres.roles import make_roles
from tests.accounts import Accounts
from tests.conftest import running_service
from tests.standbys.following import Follower, following


@pytest.fixture(scope="module")
def leader() -> Iterator[EmbeddedServer]:
    with tempfile.TemporaryDirectory(prefix="nestwerk-") as folder, EmbeddedServer(Path(folder)) as server:
        migrate(server.dsn)
        make_roles(server.dsn)
        with psycopg.connect(server.dsn) as connection:
            connection.execute("create extension pg_stat_statements")
        yield server


@pytest.fixture(scope="module")
def standbys(leader: EmbeddedServer) -> Iterator[list[Follower]]:
    """Standbys, one of which a commit waits for."""
    with ExitStack() as stack:
        yield [stack.enter_context(following(leader, name)) for name in ("one", "two")]


@pytest.fixture(scope="module")
def read_url(leader: EmbeddedServer, standbys: list[Follower]) -> str:
    """All three, as an operator would list them."""
    hosts = ",".join(quote(str(server.cluster), safe="") for server in (leader, *standbys))
    return f"postgresql://nestwerk_service@/nestwerk?host={hosts}&port=5432,5432,5432"


def reading_service(leader: EmbeddedServer, read_url: str) -> AbstractContextManager[str]:
    """A service of one worker that reads from standbys."""
    return running_service(
        leader.service_dsn, log_level="error", workers=1, READ_DATABASE_URL=read_url, SUGGESTION_HOURS="0"
    )


@pytest.fixture(scope="module")
def instances(leader: EmbeddedServer, standbys: list[Follower], read_url: str) -> Iterator[list[str]]:
    """Addresses of two instances."""
    with psycopg.connect(leader.dsn, autocommit=True) as connection:
        connection.execute("alter system set synchronous_standby_names = 'ANY 1 (one, two)'")
        connection.execute("select pg_reload_conf()")
    with ExitStack() as stack:
        yield [stack.enter_context(reading_service(leader, read_url)) for _ in range(2)]


@pytest.fixture
async def connection(leader: EmbeddedServer) -> AsyncIterator[Connection]:
    opened = await asyncpg.connect(leader.dsn)
    yield opened
    await opened.close()


@pytest.fixture
async def accounts(instances: list[str], connection: Connection) -> AsyncIterator[Accounts]:
    """Makes parents, whose clients call the first instance."""
    async with Accounts(instances[0], connection) as made:
        yield made
