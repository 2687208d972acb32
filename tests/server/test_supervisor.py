"""The parent's care for its workers: it replaces those that end or hang, and renews all without losing a request."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import psycopg
import pytest

from api.paths import ROOT
from api.postgres.embedded import EmbeddedServer
from tests.conftest import free_port
from tests.postgres.tls_proxy import tls_proxy
from tests.server.clients import Clients
from tests.server.monitoring.scraping import total, until_scraped
from tests.server.test_serve import PYTHON, Served, running
from tests.waiting import LONGEST, until

pytestmark = pytest.mark.long


def serving(
    cluster: EmbeddedServer, folder: Path, root: Path = ROOT, **settings: str
) -> AbstractContextManager[Served]:
    return running(folder, root, DATABASE_URL=cluster.service_dsn, LOG_LEVEL="warning", **settings)


@pytest.fixture(scope="module")
def metrics_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def served(
    cluster: EmbeddedServer, dsn: str, metrics_port: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    with serving(cluster, tmp_path_factory.mktemp("data"), METRICS_PORT=str(metrics_port)) as served:
        yield served


def until_both_are_ready(metrics_port: int) -> None:
    """Wait for both workers: the service is ready when the first one is, and a worker may serve before it is."""
    until_scraped(metrics_port, lambda samples: total(samples, "nestwerk_workers", stage="ready") == 2)


def reload(served: Served, data_dir: Path) -> "subprocess.CompletedProcess[str]":
    """Run `just reload` on a service."""
    environment = os.environ | {"DATA_DIR": str(data_dir), "PORT": str(served.port)}
    command = [sys.executable, "-m", "api", "reload"]
    return subprocess.run(
        command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=LONGEST
    )


def workers(served: Served) -> set[int]:
    return {pid for pid, command in served.processes().items() if "api.server.worker" in command}


class Busy(Clients):
    """Clients that send one request after another, each over its own connection for as long as that stays open."""

    def __init__(self, port: int, number: int = 8) -> None:
        super().__init__()
        self.answered = 0
        self.failed: list[str] = []
        self.statuses: set[int] = set()
        self._port = port
        self._threads = [threading.Thread(target=self._ask) for _ in range(number)]

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=LONGEST)
        while not self._stop.is_set():
            try:
                connection.request("GET", "/health/live")
                answer = connection.getresponse()
                answer.read()
                self.statuses.add(answer.status)
                self.answered += 1
            except (OSError, http.client.HTTPException) as error:
                self.failed.append(repr(error))
                connection.close()
        connection.close()


def status(port: int, path: str = "/health/ready") -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_worker_that_is_killed_is_replaced(served: Served, metrics_port: int) -> None:
    killed = min(workers(served))
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(workers(served) - {killed}) == 2)
    until_both_are_ready(metrics_port)
    assert status(served.port) == 200


def test_a_worker_that_hangs_takes_no_new_connections_and_is_replaced(served: Served, metrics_port: int) -> None:
    until_both_are_ready(metrics_port)
    stopped = min(workers(served))
    os.kill(stopped, signal.SIGSTOP)
    try:
        # All are answered by the other.
        assert {status(served.port) for _ in range(40)} == {200}
        until(lambda: stopped not in workers(served))
    finally:
        with suppress(ProcessLookupError):
            os.kill(stopped, signal.SIGCONT)
    until(lambda: len(workers(served)) == 2)
    until_both_are_ready(metrics_port)
    assert status(served.port) == 200


def test_renewed_workers_lose_no_request(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> None:
    with serving(cluster, tmp_path) as served, Busy(served.port) as busy:
        before = workers(served)
        until(lambda: busy.answered > 100)
        ran = reload(served, tmp_path)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "the workers were replaced\n", "")
        until(lambda: len(workers(served)) == 2 and not workers(served) & before)
        answered = busy.answered
        until(lambda: busy.answered > answered + 100)
    assert (busy.failed, busy.statuses) == ([], {200})


def test_renewed_workers_read_the_file_of_the_url(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> None:
    """As after its password was changed."""
    file = tmp_path / "url"
    file.write_text(f"{cluster.service_dsn}&application_name=before")
    with running(tmp_path, DATABASE_URL_FILE=str(file), WORKERS="1") as served:
        file.write_text(f"{cluster.service_dsn}&application_name=after")
        assert reload(served, tmp_path).returncode == 0
        with psycopg.connect(dsn, autocommit=True) as database:
            counted = "select count(*) from pg_stat_activity where application_name = %s"
            until(lambda: database.execute(counted, ["before"]).fetchone() == (0,))
            until(lambda: database.execute(counted, ["after"]).fetchone() == (7,))


def unread_answers(port: int) -> socket.socket:
    """A client that takes only the first byte of what it asked for, so that a worker which stops waits for it."""
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(LONGEST)
    client.connect(("127.0.0.1", port))
    # More than the system's buffers hold.
    client.sendall(b"GET /schema/openapi.json HTTP/1.1\r\nHost: a\r\n\r\n" * 100)
    assert client.recv(1) == b"H"
    return client


def test_any_number_of_renewals(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> None:
    """While workers that were replaced still stop, and while others start."""
    # Half a request would be given up after seconds, in which a slow machine may not have started the next worker.
    with serving(cluster, tmp_path, WORKERS="1", SEND_TIMEOUT="600") as served:
        unread = []
        for _ in range(2):
            unread.append(unread_answers(served.port))
            served.send_signal(signal.SIGHUP)
            served.wait_for_line("the workers were replaced")
        served.send_signal(signal.SIGHUP)
        served.wait_for_line("replacing the workers")
        assert status(served.port) == 200
        before = workers(served)
        assert len(before) == 3
        for client in unread:
            client.close()
        until(lambda: bool(workers(served) - before))
        # One that was started before the last signal may be of the release before.
        started = workers(served) - before
        os.kill(min(started), signal.SIGSTOP)
        served.send_signal(signal.SIGHUP)
        served.wait_for_line("the workers were replaced")
        until(lambda: len(workers(served)) == 1 and not workers(served) & (before | started))
        assert status(served.port) == 200


def test_a_release_that_cannot_serve_changes_nothing(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> None:
    root = tmp_path / "release"
    for name in ("api", "sql"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    with serving(cluster, tmp_path, root, WORKERS="1") as served:
        before = workers(served)
        application = root / "api" / "app.py"
        whole = application.read_text()
        application.write_text("raise SystemExit(3)")
        ran = reload(served, tmp_path)
        assert (ran.returncode, ran.stdout) == (1, "")
        assert ran.stderr == "a new worker didn't become ready, so the old ones stay: the service's log says why\n"
        assert workers(served) == before
        assert status(served.port) == 200
        # One that is killed now has no successor that works, until there is a release again.
        os.kill(min(before), signal.SIGKILL)
        served.wait_for_line(r"ended with status 3; another starts in [12] s")
        # No worker runs, and none becomes ready.
        assert reload(served, tmp_path).returncode == 1
        application.write_text(whole)
        assert reload(served, tmp_path).returncode == 0
        assert status(served.port) == 200


def test_a_signal_for_all_processes_renews_as_one_for_the_service(served: Served) -> None:
    """Also where it comes while new workers start."""
    before = workers(served)
    os.killpg(served.pid, signal.SIGHUP)
    until(lambda: bool(workers(served) - before))
    os.killpg(served.pid, signal.SIGHUP)
    served.wait_for_line("the workers were replaced")
    until(lambda: len(workers(served)) == 2 and not workers(served) & before)


def test_before_it_stops_it_serves_and_is_not_ready(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> None:
    systemd = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    systemd.bind(str(tmp_path / "notify"))
    systemd.settimeout(LONGEST)
    notify = str(tmp_path / "notify")
    with (
        systemd,
        serving(cluster, tmp_path, DRAIN_SECONDS="600", NOTIFY_SOCKET=notify) as served,
        Busy(served.port) as busy,
    ):
        assert systemd.recv(100) == b"READY=1"
        served.send_signal(signal.SIGHUP)
        served.wait_for_line("replacing the workers")
        # All processes get it, as by Ctrl-C.
        os.killpg(served.pid, signal.SIGTERM)
        served.wait_for_line("stopping in 600 s, in which /health/ready answers 503; another signal ends them")
        connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=LONGEST)
        connection.request("GET", "/health/ready")
        answer = connection.getresponse()
        assert (answer.status, json.load(answer)["code"]) == (503, "stopping")
        connection.close()
        assert status(served.port, "/health/live") == 200
        assert status(served.port, "/api/user") == 401
        # A worker that ends is still replaced.
        killed = min(workers(served))
        os.kill(killed, signal.SIGKILL)
        until(lambda: len(workers(served) - {killed}) == 2)
        assert {status(served.port) for _ in range(20)} == {503}
        ran = reload(served, tmp_path)
        assert (ran.returncode, "takes no SIGHUP: it stops, or has nohup" in ran.stderr) == (1, True)
        assert busy.statuses == {200}
        # A connection of the killed worker.
        assert len(busy.failed) <= 8
        served.terminate()
        assert served.end()[0] == 0
        said = [systemd.recv(100).partition(b"\n")[0] for _ in range(3)]
        assert said == [b"RELOADING=1", b"READY=1", b"STOPPING=1"]


def test_what_is_not_ready_yet_stops_at_once(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> None:
    """Nobody sends it requests who would have to be told."""
    served = Served(PYTHON, tmp_path, free_port(), DATABASE_URL=cluster.service_dsn, DRAIN_SECONDS="600")
    served.wait_for_line("^starting 2 workers")
    until(lambda: bool(workers(served)))
    served.terminate()
    status, said = served.end()
    assert (status, "ready: " in said, "stopped\n" in said) == (0, False, True)


def test_a_service_that_is_started_before_its_database(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> None:
    port = free_port()
    url = f"postgresql://nestwerk_service@127.0.0.1:{port}/nestwerk?application_name=early"
    served = Served(PYTHON, tmp_path, free_port(), DATABASE_URL=url)
    try:
        served.wait_for_line("^waiting for PostgreSQL, for 60 s at most")
        with tls_proxy(cluster.service_dsn, "127.0.0.1", None, port), psycopg.connect(dsn, autocommit=True) as database:
            served.wait_for_line("^starting 2 workers, which take 14 connections to PostgreSQL, where [0-9]+ are free")
            served.wait_until_ready()
            # As many as it said.
            counted = "select count(*) from pg_stat_activity where application_name = 'early'"
            until(lambda: database.execute(counted).fetchone() == (14,))
    finally:
        served.terminate()
    assert served.end()[0] == 0


def test_it_stops_without_losing_a_request(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> None:
    with serving(cluster, tmp_path) as served:
        # Half a request holds nobody up.
        half = http.client.HTTPConnection("127.0.0.1", served.port, timeout=LONGEST)
        half.putrequest("POST", "/api/login")
        half.putheader("Content-Length", "100")
        half.putheader("Content-Type", "application/json")
        half.endheaders(b"{")
        with Busy(served.port) as busy:
            until(lambda: busy.answered > 100)
            served.terminate()
            status, said = served.end()
        assert half.getresponse().status == 408
        half.close()
    assert (status, "stopped\n" in said, busy.statuses) == (0, True, {200})
    # Afterwards nobody listens; a connection that is open gets all its answers.
    assert {re.sub(r"\(.*", "", failure) for failure in busy.failed} <= {"ConnectionRefusedError"}
