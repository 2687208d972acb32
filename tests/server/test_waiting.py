"""The service waits at its start for a database that isn't there yet, and not for one that refuses it."""

import threading
import time

import pytest

from api.postgres.embedded import EmbeddedServer
from api.server.waiting import wait_for_database
from tests.conftest import free_port
from tests.postgres.tls_proxy import tls_proxy


def test_it_waits_for_a_server_that_is_not_there_yet(
    cluster: EmbeddedServer, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    waiting = threading.Thread(
        target=wait_for_database, args=(f"postgresql://nestwerk_service@127.0.0.1:{port}/nestwerk", 30)
    )
    waiting.start()
    while "waiting" not in (said := capsys.readouterr().out):
        time.sleep(0.02)
    assert said.startswith("waiting for PostgreSQL, for 30 s at most: ")
    assert "Connect call failed" in said
    assert said.count("\n") == 1
    with tls_proxy(cluster.service_dsn, "127.0.0.1", None, port):
        waiting.join(20)
        assert not waiting.is_alive()
    assert capsys.readouterr().out == ""


def test_it_waits_for_so_long_and_no_longer(capsys: pytest.CaptureFixture[str]) -> None:
    for host in (f"127.0.0.1:{free_port()}", "nowhere.invalid"):
        wait_for_database(f"postgresql://noor:sesam@{host}/nestwerk", 0.1)
        said = capsys.readouterr().out
        assert said.startswith("waiting for PostgreSQL, for 0 s at most: ")
        assert "sesam" not in said
    wait_for_database(f"postgresql://noor@127.0.0.1:{free_port()}/nestwerk", 0)
    assert capsys.readouterr().out == ""


def test_a_refusal_is_not_waited_for(cluster: EmbeddedServer, dsn: str, capsys: pytest.CaptureFixture[str]) -> None:
    started = time.monotonic()
    wait_for_database(cluster.dsn.replace("/nestwerk?", "/none?"), 60)
    wait_for_database(cluster.dsn.replace("postgres@", "nobody_of_that_name@"), 60)
    with tls_proxy(cluster.service_dsn, "127.0.0.1", None) as plain:
        wait_for_database(f"{plain}?sslmode=require", 60)
    assert capsys.readouterr().out == ""
    assert time.monotonic() - started < 30
