"""Servers that can't be used are refused in one line, by the service and by `migrate`, before anything is made."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psycopg
import pytest

from api.__main__ import main
from api.database.connections import connect
from api.migrations import migrate
from api.postgres.connection_limits import free_connections
from api.postgres.embedded import EmbeddedServer
from api.postgres.preflight import preflight
from api.postgres.programs import find_binary
from api.postgres.server_checks import PreflightError, check_server
from api.postgres.system_user import give, spawn_options
from tests.conftest import free_port, running_service
from tests.postgres.old_server import old_server
from tests.postgres.pgbouncer import pgbouncer


def assert_refused(dsn: str, why: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the service nor any recipe that writes takes this database."""
    monkeypatch.setenv("START_TIMEOUT", "0")
    monkeypatch.setenv("PORT", str(free_port()))
    monkeypatch.setenv("DATABASE_URL", dsn)
    for recipe in ("serve", "migrate", "rollback"):
        assert main([recipe]) == 1
        shown = capsys.readouterr()
        assert shown.out == ""
        assert shown.err.count("\n") == 1
        assert why in shown.err


def test_a_read_only_server(
    cluster: EmbeddedServer, empty: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"alter database {name} set default_transaction_read_only = on".encode())
        assert_refused(empty, "is read-only for this role, as default_transaction_read_only is on", monkeypatch, capsys)
        assert connection.execute("select to_regclass('_yoyo_migration')").fetchone() == (None,)


def test_an_old_server(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with old_server("15.18 (Debian 15.18-0+deb12u1)") as dsn:
        assert_refused(dsn, "PostgreSQL 18 or later is needed, and this is PostgreSQL 15", monkeypatch, capsys)


@contextmanager
def standby() -> Iterator[str]:
    """Address of a server that follows a primary which is nowhere."""
    with TemporaryDirectory(prefix="nestwerk-") as folder:
        server = EmbeddedServer(Path(folder))
        with server:
            pass
        signal = server.cluster / "standby.signal"
        signal.touch()
        give(signal)
        options = [part for name, value in server._settings.items() for part in ("-c", f"{name}={value}")]
        command: list[str | Path] = [find_binary("postgres"), "-D", server.cluster, *options]
        with subprocess.Popen(command, cwd="/", stderr=subprocess.DEVNULL, **spawn_options()) as process:
            try:
                for _ in range(500):
                    with suppress(psycopg.OperationalError):
                        psycopg.connect(server.dsn).close()
                        break
                    time.sleep(0.02)
                yield server.dsn
            finally:
                process.terminate()


@pytest.mark.long
def test_a_standby(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with standby() as dsn:
        assert_refused(dsn, "is a standby, which takes no writes: connect to the primary", monkeypatch, capsys)


def test_connections_that_are_free(cluster: EmbeddedServer, dsn: str, empty: str) -> None:
    with psycopg.connect(empty, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"alter database {name} connection limit 9".encode())
        connection.execute("create role few login connection limit 4")
        service = empty.replace("postgres@", "few@")
        try:
            # This one, and the one that asks.
            assert free_connections(service, 4) == 4
            with psycopg.connect(service):
                assert free_connections(service, 4) == 3
            with pytest.raises(
                PreflightError, match="take 14 connections to PostgreSQL, and the role few allows 4: set"
            ):
                free_connections(service, 14)
            connection.execute("alter role few connection limit -1")
            with pytest.raises(PreflightError, match=f"take 14 .* and the database {name} allows 9: set WORKERS lower"):
                free_connections(service, 14)
            connection.execute(f"alter database {name} connection limit -1".encode())
            assert 50 < free_connections(service, 14) < 197
            with pytest.raises(PreflightError, match=r"take 9999 .* and the server allows 197"):
                free_connections(service, 9999)
        finally:
            connection.execute("drop role few")


@pytest.mark.long
async def test_pgbouncer_in_session_mode(cluster: EmbeddedServer, dsn: str) -> None:
    """Settings that it refuses at the start of a session, or is told to ignore, take nevertheless."""
    for settings in ({}, {"ignore_startup_parameters": "jit,statement_timeout,lock_timeout,options"}):
        with pgbouncer(cluster.service_dsn, "session", **settings) as address:
            assert preflight(address) == []
            assert migrate(address.replace("nestwerk_service@", "postgres@")) == []
            connection = await connect(address)
            names = ("jit", "plan_cache_mode", "statement_timeout", "lock_timeout", "transaction_timeout", "timezone")
            shown = [await connection.fetchval(f"show {name}") for name in names]
            assert shown == ["off", "force_generic_plan", "2s", "1500ms", "4s", "UTC"]
            await connection.close()
            with running_service(address, log_level="warning", workers=1) as service:
                async with httpx.AsyncClient(base_url=service, verify=False) as client:
                    name = f"pooled{len(settings)}"
                    account = {"username": name, "email": f"{name}@example.org", "password": "een lange zin, ja"}
                    assert (await client.post("/api/register", json=account)).status_code == 201


@pytest.mark.long
def test_a_pool_without_room(cluster: EmbeddedServer, dsn: str) -> None:
    with (
        pgbouncer(cluster.service_dsn, "session", default_pool_size="1", query_wait_timeout="1") as address,
        pytest.raises(PreflightError, match="a pooler that had no second connection free"),
    ):
        check_server(address)


@pytest.mark.long
@pytest.mark.parametrize("settings", [{}, {"server_round_robin": "1", "min_pool_size": "4"}])
@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_pgbouncer_in_other_modes_is_refused(
    mode: str, settings: dict[str, str], empty: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pgbouncer(empty, mode, **settings) as address:
        # Connections that the pool has already.
        with psycopg.connect(address, autocommit=True) as warm:
            warm.execute("select 1")
        assert_refused(address, "is a pooler in transaction mode, as PgBouncer with pool_mode=", monkeypatch, capsys)
        for _ in range(5):
            with pytest.raises(PreflightError, match="pooler"):
                check_server(address)
    with psycopg.connect(empty) as connection:
        assert connection.execute("select to_regclass('_yoyo_migration')").fetchone() == (None,)
