"""The service's connections to PostgreSQL."""

from typing import Final

import psycopg

from api.database.single import SINGLE_CONNECTIONS
from tests.waiting import until

WORKERS: Final = 2
# Connections of a worker: the pool's, one for merged reads, one for merged writes, one that listens.
CONNECTIONS: Final = SINGLE_CONNECTIONS + 3
# The service has a role of its own.
_ITS_OWN: Final = "from pg_stat_activity where application_name = 'nestwerk' and usename <> current_user"
BACKENDS: Final = f"select pid {_ITS_OWN} order by pid"
BUSY: Final = f"select count(*) {_ITS_OWN} and state <> 'idle'"


def wait_for_workers(dsn: str) -> None:
    """Wait until all workers have connected: the service is ready when the first one is."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        until(lambda: len(connection.execute(BACKENDS.encode()).fetchall()) >= WORKERS * CONNECTIONS)
