"""Connections that migrations are read and applied on."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any, Final

import psycopg

from api.migrations.files import MigrationError
from api.migrations.scripts import reason
from api.migrations.session import SEARCH_PATH, Settings, reset_session

# An arbitrary number: "nestwerk" in ASCII.
LOCK_KEY: Final = int.from_bytes(b"nestwerk")
# Seconds between two tries to get the lock.
LOCK_INTERVAL: Final = 0.1


@contextmanager
def connected(dsn: str) -> Iterator[psycopg.Connection[Any]]:
    """Open a connection in autocommit that finds our tables, whatever search path its role has.

    Raises:
        MigrationError: the database can't be reached, or refuses a statement in the block.

    """
    try:
        # Statements that psycopg prepared by itself would be gone between files.
        with psycopg.connect(
            dsn, autocommit=True, prepare_threshold=None, fallback_application_name="nestwerk migrations"
        ) as connection:
            connection.execute(f"set search_path = {SEARCH_PATH}".encode())
            yield connection
    except psycopg.errors.InsufficientPrivilege as error:
        raise MigrationError(
            f"{reason(error)}: connect as who owns the tables and migrates, and not as who the service logs in as"
        ) from error
    except psycopg.Error as error:
        raise MigrationError(reason(error)) from error


@contextmanager
def locked(dsn: str, settings: Settings, waiting: Callable[[], None] | None) -> Iterator[psycopg.Connection[Any]]:
    """Open a connection that holds the lock on migrations until it ends; `waiting` is called once if another has it."""
    with connected(dsn) as connection:
        # Polled, as `create index concurrently` would wait for a statement that waits for the lock.
        while connection.execute("select pg_try_advisory_lock(%s)", (LOCK_KEY,)).fetchone() != (True,):
            if waiting is not None:
                waiting()
                waiting = None
            sleep(LOCK_INTERVAL)
        reset_session(connection, settings)
        yield connection
