"""A worker whose database comes late, isn't as it should be, or has few connections: it serves as soon as it can."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx
import psycopg
import pytest

from api.database.worker_connections import CONNECTIONS
from api.migrations import migrate
from api.postgres.embedded import EmbeddedServer
from api.postgres.roles import make_roles
from tests.conftest import free_port
from tests.server.workers import start_worker
from tests.waiting import LONGEST, until

pytestmark = pytest.mark.long

DATABASE: Final = "late"
REGISTRATION: Final = {"username": "late", "email": "late@example.org", "password": "a long enough one"}


@contextmanager
def running_worker(dsn: str, log: Path) -> Iterator[str]:
    """Base address of a worker whose log is written to a file."""
    port = free_port()
    with log.open("wb") as output:
        process, _ = start_worker(dsn, port=port, output=output, LOG_LEVEL="warning")
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(LONGEST)


def until_it_says(address: str, path: str, wanted: tuple[int, str]) -> None:
    """Ask until the status and the problem's code, or the health, are as wanted."""
    deadline = time.monotonic() + LONGEST
    found: object = None
    while time.monotonic() < deadline:
        try:
            answer = httpx.get(f"{address}{path}", verify=False, timeout=LONGEST)
            found = answer.status_code, answer.json().get("code", answer.json().get("status"))
        except httpx.TransportError as error:
            found = error
        if found == wanted:
            return
        time.sleep(0.02)
    pytest.fail(f"{path} says {found}")


def register(address: str) -> int:
    return httpx.post(f"{address}/api/register", json=REGISTRATION, verify=False, timeout=LONGEST).status_code


@pytest.fixture
def late(cluster: EmbeddedServer, dsn: str) -> Iterator[str]:
    """Address, for a superuser, of a database that isn't there yet, in a cluster that has the roles."""
    yield cluster.dsn.replace("/nestwerk?", f"/{DATABASE}?")
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        connection.execute(f"drop database if exists {DATABASE} with (force)".encode())


def test_a_worker_serves_as_soon_as_its_database_is_there(cluster: EmbeddedServer, late: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    service_dsn = late.replace("postgres@", "nestwerk_service@")
    with psycopg.connect(cluster.dsn, autocommit=True) as connection, running_worker(service_dsn, log) as address:
        until_it_says(address, "/health/live", (200, "ok"))
        until_it_says(address, "/health/ready", (503, "database_unavailable"))
        assert register(address) == 503
        connection.execute(f"create database {DATABASE}".encode())
        until_it_says(address, "/health/ready", (503, "schema_mismatch"))
        until_it_says(address, "/api/user", (401, "not_authenticated"))
        migrate(late)
        make_roles(late)
        until_it_says(address, "/health/ready", (200, "ok"))
        # As many as there are kinds of statements.
        connection.execute(f"alter database {DATABASE} connection limit 3".encode())
        terminated = f"select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = '{DATABASE}'"
        connection.execute(terminated.encode())
        until_it_says(address, "/health/ready", (200, "ok"))
        # What noticed only now that its connection is lost refuses for a moment more.
        until(lambda: register(address) == 201)
        connection.execute(f"alter database {DATABASE} connection limit 0".encode())
        connection.execute(terminated.encode())
        until_it_says(address, "/health/ready", (503, "too_busy"))
        until_it_says(address, "/health/live", (200, "ok"))
    lines = log.read_text().splitlines()
    # Once for each of the states that a migration goes through, as far as they are seen.
    lacks = [line.partition("isn't as the statements need it")[2] for line in lines]
    lacks = [each for each in lacks if each]
    assert len(lacks) == len(set(lacks)) > 0
    # A few changes of state, however many attempts there were.
    assert len([line for line in lines if "single statements" in line]) < 15


def test_whichever_connections_are_lost_each_kind_of_statements_has_one_again(
    cluster: EmbeddedServer, late: str, tmp_path: Path
) -> None:
    service_dsn = late.replace("postgres@", "nestwerk_service@")
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        connection.execute(f"create database {DATABASE}".encode())
        migrate(late)
        make_roles(late)
        sessions = f"select pid from pg_stat_activity where datname = '{DATABASE}' order by backend_start".encode()
        with running_worker(service_dsn, tmp_path / "log") as address:
            # What has more than it needs makes room, also as one loss after another is noticed.
            for limit in (3, 4):
                connection.execute(f"alter database {DATABASE} connection limit -1".encode())
                until(lambda: len(connection.execute(sessions).fetchall()) == CONNECTIONS)
                connection.execute(f"alter database {DATABASE} connection limit {limit}".encode())
                for (pid,) in connection.execute(sessions).fetchall():
                    connection.execute("select pg_terminate_backend(%s, 60000)", [pid])
                    until_it_says(address, "/health/ready", (200, "ok"))
                until(lambda: len(connection.execute(sessions).fetchall()) == limit)  # noqa: B023
            until(lambda: register(address) == 201)
