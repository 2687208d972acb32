"""The service's connections to PostgreSQL."""

import time
from typing import Final

import psycopg

from api.database.single import SINGLE_CONNECTIONS

WORKERS: Final = 2
# Connections of a worker: the pool's, one for merged reads, one for merged writes, one that listens.
CONNECTIONS: Final = SINGLE_CONNECTIONS + 3
# The service has a role of its own.
_ITS_OWN: Final = "from pg_stat_activity where application_name = 'nestwerk' and usename <> current_user"
BACKENDS: Final = f"select pid {_ITS_OWN} order by pid"
BUSY: Final = f"select count(*) {_ITS_OWN} and state <> 'idle'"


def wait_for_workers(dsn: str) -> None:
    """Wait until all workers have connected: the service is ready when the first one is."""
    deadline = time.monotonic() + 30
    with psycopg.connect(dsn, autocommit=True) as connection:
        while len(connection.execute(BACKENDS.encode()).fetchall()) < WORKERS * CONNECTIONS:
            assert time.monotonic() < deadline
            time.sleep(0.02)
