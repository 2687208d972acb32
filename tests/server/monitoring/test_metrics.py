"""The metrics of a service: its workers' counts together, whatever happens to them or to the database."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import NamedTuple

import asyncpg
import psycopg
import pytest
from prometheus_client import Metric

from api.metrics import families as families_here
from api.postgres.embedded import EmbeddedServer
from api.postgres.roles import make_roles
from api.server.monitoring.backups import backup_readings
from api.server.monitoring.totals import Totals
from api.server.serve import _exposed
from api.server.sockets import AddressError
from api.settings import Settings
from tests.accounts import Accounts
from tests.conftest import NewDatabase, free_port
from tests.server.monitoring.expressions import OF_PROMETHEUS, asked, expressions
from tests.server.monitoring.scraping import Samples, fetch, growing, metrics, samples_of, total, until_scraped
from tests.server.test_serve import Served, running
from tests.waiting import until

REQUESTS = "nestwerk_http_request_duration_seconds_count"
CHILDREN = {"route": "/api/child-profiles", "method": "GET", "status": "200"}


class Measured(NamedTuple):
    """A service on a database of its own, its metrics' port, and the database's address for a superuser."""

    served: Served
    port: int
    dsn: str

    def workers(self) -> set[int]:
        return {pid for pid, command in self.served.processes().items() if "api.server.worker" in command}

    def wait_until_ready(self) -> Samples:
        return until_scraped(self.port, lambda samples: total(samples, "nestwerk_workers", stage="ready") == 2)


def by_clients(samples: Samples) -> float:
    """How many requests there were, besides those with which each worker asks itself whether it's ready."""
    return total(samples, REQUESTS) - total(samples, REQUESTS, route="/health/ready")


@pytest.fixture(scope="module")
def measured(
    cluster: EmbeddedServer, migrated_copy: NewDatabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Measured]:
    port = free_port()
    dsn = migrated_copy("measured")
    make_roles(dsn)
    of_service = cluster.service_dsn.replace("/nestwerk?", "/measured?")
    folder, backups = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("backups")
    (backups / "20260101T000000Z-dump").mkdir()
    with running(
        folder, DATABASE_URL=of_service, METRICS_PORT=str(port), BACKUP_DIR=str(backups), LOG_LEVEL="error"
    ) as served:
        service = Measured(served, port, dsn)
        service.wait_until_ready()
        yield service


@pytest.fixture
async def families(measured: Measured) -> AsyncIterator[Accounts]:
    connection = await asyncpg.connect(measured.dsn)
    try:
        async with Accounts(f"http://127.0.0.1:{measured.served.port}", connection) as made:
            yield made
    finally:
        await connection.close()


async def ask_often(families: Accounts) -> None:
    """Ask for children 60 times over 20 connections, so that both workers answer some."""
    client = (await families.parent()).client
    for _ in range(3):
        answers = await asyncio.gather(*[client.get("/api/child-profiles") for _ in range(20)])
        assert {answer.status_code for answer in answers} == {200}


async def test_counts_are_those_of_what_was_asked(measured: Measured, families: Accounts) -> None:
    before = samples_of(metrics(measured.port))
    await ask_often(families)
    client = (await families.parent()).client
    assert (await client.post("/api/parenting-goals", json={"title": "Voorlezen"})).status_code == 201
    assert (await client.post("/api/parenting-goals", json={})).status_code == 400
    assert (await client.get("/api/child-profiles/5")).status_code == 404
    assert (await client.get("/nowhere/5")).status_code == 404
    assert (await client.request("PURGE", "/nowhere/6")).status_code == 404
    login = {"username": "nobody", "password": "wrong and wrong again"}
    assert (await client.post("/api/login", json=login)).status_code == 401

    def more(name: str, **labels: str) -> float:
        return total(after, name, **labels) - total(before, name, **labels)

    asked = by_clients(before) + 66
    after = until_scraped(measured.port, lambda samples: by_clients(samples) >= asked)
    assert by_clients(after) == asked
    assert more(REQUESTS, **CHILDREN) == 60
    assert more(REQUESTS, route="/api/parenting-goals", method="POST", status="201") == 1
    assert more(REQUESTS, route="/api/parenting-goals", method="POST", status="400") == 1
    assert more(REQUESTS, route="/api/child-profiles/{id}", method="GET", status="404") == 1
    assert more(REQUESTS, route="unmatched", method="any", status="404") == 2
    assert more("nestwerk_statement_batch_calls_sum", statement="list_child_profiles") == 60
    assert 0 < more("nestwerk_statement_duration_seconds_count", statement="list_child_profiles") <= 60
    assert more("nestwerk_statement_rows_total", statement="add_parenting_goal") == 1
    assert more("nestwerk_logins_total", outcome="wrong_credentials") == 1
    hits, misses = (more("nestwerk_caller_cache_lookups_total", result=result) for result in ("hit", "miss"))
    assert (hits + misses, misses >= 2) == (63, True)
    # Nothing of what a client made up, nor of who asked.
    assert not any(word in str(after) for word in ("nowhere", "PURGE", "nobody", "parent-"))


async def test_a_killed_worker_keeps_its_counts(measured: Measured, families: Accounts) -> None:
    await ask_often(families)
    killed = min(measured.workers())
    before = samples_of(metrics(measured.port))
    os.kill(killed, signal.SIGKILL)
    after = never_less(measured, lambda: len(measured.workers() - {killed}) == 2)
    assert total(after, REQUESTS, **CHILDREN) >= total(before, REQUESTS, **CHILDREN) > 0
    for name in ("nestwerk_worker_failures_total", "nestwerk_worker_starts_total"):
        assert total(after, name) == total(before, name) + 1
    assert total(after, "nestwerk_info") == 2


@pytest.mark.long
async def test_renewed_workers_go_on_counting(measured: Measured, families: Accounts) -> None:
    await ask_often(families)
    before = measured.workers()
    measured.served.send_signal(signal.SIGHUP)
    never_less(measured, lambda: len(measured.workers()) == 2 and not measured.workers() & before)
    asked = total(samples_of(metrics(measured.port)), REQUESTS, **CHILDREN)
    await ask_often(families)
    after = until_scraped(measured.port, lambda samples: total(samples, REQUESTS, **CHILDREN) >= asked + 60)
    assert total(after, REQUESTS, **CHILDREN) == asked + 60


def never_less(measured: Measured, condition: Callable[[], bool]) -> Samples:
    """Scrape until a condition is met and all workers are ready; no count goes back meanwhile."""
    last = growing(metrics(measured.port))

    def is_met() -> bool:
        nonlocal last
        now = growing(metrics(measured.port))
        assert {key: (value, now.get(key)) for key, value in last.items() if now.get(key, -1) < value} == {}
        last = now
        return condition()

    until(is_met)
    return measured.wait_until_ready()


async def test_a_database_that_is_away(measured: Measured, families: Accounts) -> None:
    client = (await families.parent()).client
    with psycopg.connect(measured.dsn.replace("/measured?", "/postgres?"), autocommit=True) as connection:
        connection.execute("alter database measured allow_connections false")
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = 'measured' and usename = 'nestwerk_service'"
        )
        away = {"connections": "merged reads"}
        until_scraped(measured.port, lambda samples: total(samples, "nestwerk_database_away_workers", **away) == 2)
        assert (await client.get("/api/child-profiles")).status_code == 503
        until_scraped(
            measured.port,
            lambda samples: total(samples, "nestwerk_statement_errors_total", **{"class": "database away"}) > 0,
        )
        connection.execute("alter database measured allow_connections true")
    after = until_scraped(
        measured.port, lambda samples: total(samples, "nestwerk_database_connections", state="idle") == 2 * 6
    )
    assert total(after, "nestwerk_database_away_workers") == 0


def test_a_worker_that_hangs(measured: Measured) -> None:
    stopped = max(measured.workers())
    os.kill(stopped, signal.SIGSTOP)
    try:
        assert total(samples_of(metrics(measured.port)), "nestwerk_process_resident_memory_bytes") > 30e6
    finally:
        os.kill(stopped, signal.SIGCONT)


def test_the_age_of_the_last_backup(measured: Measured) -> None:
    since = datetime.now(UTC) - datetime(2026, 1, 1, tzinfo=UTC)
    age = total(samples_of(metrics(measured.port)), "nestwerk_backup_age_seconds", of="backup")
    assert age == pytest.approx(since.total_seconds(), abs=60)


def test_no_backup_at_all_is_older_than_any(tmp_path: Path) -> None:
    (tmp_path / "20269999T000000Z-dump").mkdir()
    [reading] = backup_readings(Settings(backup_dir=tmp_path, data_dir=tmp_path))
    assert reading.read() == {("backup",): inf}
    assert backup_readings(Settings()) == []


def test_a_port_that_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressError, match=f"^can't listen on 127.0.0.1:{port}: Address already in use$"):
            _exposed(Settings(metrics_port=port), Totals())
    with _exposed(Settings(metrics_port=port), Totals()):
        assert fetch(port)[0] == 200
    with _exposed(Settings(), Totals()), pytest.raises(ConnectionRefusedError):
        fetch(port)


def test_dashboard_and_alerts_ask_for_what_there_is(measured: Measured) -> None:
    given = metrics(measured.port)
    series = {name for metric in given for name in _series(metric)}
    # Of metrics that nothing has happened to yet, such as retries, what they are declared with.
    labels = {label for family in families_here() for label in family.labels}
    labels |= {label for metric in given for sample in metric.samples for label in sample.labels}
    for where, expression in expressions():
        found = asked(expression)
        assert found.names - {"up"} <= series, where
        assert found.labels <= labels | OF_PROMETHEUS, where
    in_dashboard = {name for _, expression in expressions() for name in asked(expression).names}
    assert [metric.name for metric in given if not in_dashboard & set(_series(metric))] == []


def _series(metric: Metric) -> set[str]:
    """Names of the series that a metric gives."""
    suffixes = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}
    return {f"{metric.name}{suffix}" for suffix in suffixes.get(metric.type, [""])}
