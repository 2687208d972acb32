"""The parent's care for its workers: it replaces those that end or hang, and renews all without losing a request."""

import http.client
import os
import re
import shutil
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Self

import pytest

from api.paths import ROOT
from api.postgres.embedded import EmbeddedServer
from tests.server.test_serve import Served, running, until

pytestmark = pytest.mark.long


def serving(
    cluster: EmbeddedServer, folder: Path, root: Path = ROOT, **settings: str
) -> AbstractContextManager[Served]:
    return running(folder, root, DATABASE_URL=cluster.service_dsn, LOG_LEVEL="warning", **settings)


@pytest.fixture(scope="module")
def served(cluster: EmbeddedServer, dsn: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(cluster, tmp_path_factory.mktemp("data")) as served:
        yield served


def workers(served: Served) -> set[int]:
    return {pid for pid, command in served.processes().items() if "api.server.worker" in command}


class Busy:
    """Clients that send one request after another, each over its own connection for as long as that stays open."""

    def __init__(self, port: int, number: int = 8) -> None:
        self.answered = 0
        self.failed: list[str] = []
        self.statuses: set[int] = set()
        self._port = port
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._ask) for _ in range(number)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=10)
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
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def test_a_worker_that_is_killed_is_replaced(served: Served) -> None:
    killed = min(workers(served))
    os.kill(killed, signal.SIGKILL)
    until(lambda: len(workers(served) - {killed}) == 2)
    assert status(served.port) == 200


def test_a_worker_that_hangs_takes_no_new_connections_and_is_replaced(served: Served) -> None:
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
    assert status(served.port) == 200


def test_renewed_workers_lose_no_request(served: Served) -> None:
    before = workers(served)
    with Busy(served.port) as busy:
        until(lambda: busy.answered > 100)
        served.send_signal(signal.SIGHUP)
        until(lambda: len(workers(served)) == 2 and not workers(served) & before)
        answered = busy.answered
        until(lambda: busy.answered > answered + 100)
    assert (busy.failed, busy.statuses) == ([], {200})


def test_any_number_of_renewals(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> None:
    """While workers that were replaced still stop, and while others start."""
    with serving(cluster, tmp_path, WORKERS="1") as served:
        halves = []
        for _ in range(2):
            half = socket.create_connection(("127.0.0.1", served.port))
            half.sendall(b"POST /api/login HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
            halves.append(half)
            served.send_signal(signal.SIGHUP)
            served.wait_for_line("the workers were replaced")
        served.send_signal(signal.SIGHUP)
        served.wait_for_line("replacing the workers")
        assert status(served.port) == 200
        before = workers(served)
        for half in halves:
            half.close()
        until(lambda: bool(workers(served) - before))
        # One that was started before the last signal may be of the release before.
        started = workers(served) - before
        os.kill(min(started), signal.SIGSTOP)
        served.send_signal(signal.SIGHUP)
        served.wait_for_line("the workers were replaced")
        until(lambda: len(workers(served)) == 1)
        assert not workers(served) & (before | started)
        assert status(served.port) == 200


def test_a_release_that_cannot_serve_changes_nothing(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> None:
    root = tmp_path / "release"
    for name in ("api", "sql"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    with serving(cluster, tmp_path, root, WORKERS="1") as served:
        before = workers(served)
        application = root / "api" / "app.py"
        whole = application.read_text()
        application.write_text("raise SystemExit(3)")
        served.send_signal(signal.SIGHUP)
        served.wait_for_line("the workers that run stay")
        assert workers(served) == before
        assert status(served.port) == 200
        # One that is killed now has no successor that works, until there is a release again.
        os.kill(min(before), signal.SIGKILL)
        served.wait_for_line(r"ended with status 3; another starts in [12] s")
        application.write_text(whole)
        until(lambda: bool(workers(served)) and _is_live(served.port))


def _is_live(port: int) -> bool:
    try:
        return status(port, "/health/live") == 200
    except OSError:
        return False


def test_it_stops_without_losing_a_request(cluster: EmbeddedServer, dsn: str, tmp_path: Path) -> None:
    with serving(cluster, tmp_path) as served:
        # Half a request holds nobody up.
        half = http.client.HTTPConnection("127.0.0.1", served.port, timeout=10)
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
