"""The service waits at its start for a database that isn't there yet, and not for one that refuses it."""

import re
import threading
import time

import pytest

from api.postgres.embedded import EmbeddedServer
from api.server.waiting import wait_for_database
from tests.conftest import free_port
from tests.postgres.tls_proxy import tls_proxy
from tests.waiting import LONGEST, until


def test_it_waits_for_a_server_that_is_not_there_yet(
    cluster: EmbeddedServer, dsn: str, capsys: pytest.CaptureFixture[str]
) -> None:
    port = free_port()
    waiting = threading.Thread(
        target=wait_for_database, args=(f"postgresql://nestwerk_service@127.0.0.1:{port}/nestwerk", 600)
    )
    waiting.start()
    said = ""

    def says_so() -> bool:
        nonlocal said
        said += capsys.readouterr().out
        return said.endswith("\n")

    until(says_so)
    assert said.startswith("waiting for PostgreSQL, for 600 s at most: ")
    assert "Connect call failed" in said
    assert said.count("\n") == 1
    with tls_proxy(cluster.service_dsn, "127.0.0.1", None, port):
        waiting.join(LONGEST)
        assert not waiting.is_alive()
    assert capsys.readouterr().out == ""


def test_it_waits_for_so_long_and_no_longer(capsys: pytest.CaptureFixture[str]) -> None:
    for host in (f"127.0.0.1:{free_port()}", "nowhere.invalid"):
        wait_for_database(f"postgresql://noor:sesam@{host}/nestwerk", 1)
        said = capsys.readouterr().out
        assert re.match("waiting for PostgreSQL, for [01] s at most: ", said)
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
