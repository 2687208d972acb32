"""Start and end of the service: signals, kills, a second service, unusable databases."""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psycopg
import pytest

from api.database.queries import STATEMENTS
from api.database.worker_connections import CONNECTIONS
from api.paths import ROOT
from api.postgres.connection_limits import free_connections
from api.postgres.embedded import EmbeddedServer
from api.postgres.roles import make_roles
from api.server.monitoring.totals import Totals
from api.server.run_file import Renewals, read_run_file, run_file
from api.server.serve import _embedded_server, _run_workers
from api.server.sockets import Address, AddressError
from api.settings import Settings
from tests.conftest import free_port
from tests.waiting import LONGEST, until

PYTHON = [sys.executable, "-m", "api", "serve"]
BIN = Path(sys.executable).parent
# Seconds; a service that hangs takes longer.
PROMPTLY = 20


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    with TemporaryDirectory(prefix="nestwerk-") as folder:
        yield Path(folder)


class Served(subprocess.Popen[str]):
    """A service in its own session of processes."""

    def __init__(self, command: list[str], data_dir: Path, port: int, root: Path = ROOT, **more: str) -> None:
        environment = os.environ | {
            "DATA_DIR": str(data_dir),
            "PORT": str(port),
            "WORKERS": "2",
            "PATH": f"{BIN}:{os.environ['PATH']}",
        }
        environment.pop("DATABASE_URL", None)
        super().__init__(
            command, cwd=root, env=environment | more, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.port = port
        self.said = ""

    def wait_until_ready(self) -> None:
        self.wait_for_line("^ready: ")

    def wait_for_line(self, pattern: str) -> None:
        """Wait until the service has printed a line in which a regular expression matches."""
        assert self.stdout
        for line in self.stdout:
            self.said += line
            if re.search(pattern, line):
                return
        pytest.fail(f"the service ended: {self.said}")

    def end(self, seconds: float = PROMPTLY) -> tuple[int, str]:
        """Exit status and output; `seconds` is for more than its end."""
        try:
            said, _ = self.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            left = self.processes()
            for pid in left:
                os.kill(pid, signal.SIGKILL)
            pytest.fail(f"the service doesn't end: {left}")
        return self.returncode, self.said + said

    def processes(self) -> dict[int, str]:
        """Commands of the session's living processes, by id."""
        return {pid: command for pid, session, command in processes() if session == self.pid}


def processes() -> Iterator[tuple[int, int, str]]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            state, _, _, session, *_ = (folder / "stat").read_text().rpartition(") ")[2].split()
            if state != "Z":
                yield int(folder.name), int(session), (folder / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue


def servers(data_dir: Path) -> list[int]:
    """PostgreSQL's processes that use a data directory."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if (folder / "cwd").readlink() == data_dir.resolve() / "postgres":
                found.append(int(folder.name))
        except OSError:
            continue
    return found


@contextmanager
def running(data_dir: Path, root: Path = ROOT, **more: str) -> Iterator[Served]:
    served = Served(PYTHON, data_dir, free_port(), root, **more)
    try:
        served.wait_until_ready()
        yield served
    finally:
        served.terminate()
        served.end()


def refused(command: list[str], data_dir: Path, port: int, **more: str) -> str:
    """The line that a service ends with if it can't start."""
    status, said = Served(command, data_dir, port, ROOT, **more).end(LONGEST)
    assert status == 1
    *started, line = said.splitlines()
    assert all(each.startswith(("starting ", "mails go ")) for each in started)
    return line


@pytest.mark.long
@pytest.mark.parametrize(
    ("command", "number", "everyone", "statuses"),
    [
        (PYTHON, signal.SIGINT, True, {0}),
        (PYTHON, signal.SIGTERM, True, {0}),
        (["uv", "run", "--no-sync", "just", "serve"], signal.SIGTERM, False, {0, 143}),
    ],
    ids=["Ctrl-C", "TERM to all", "uv TERM"],
)
def test_a_signal_ends_all_processes(
    data_dir: Path, command: list[str], number: signal.Signals, everyone: bool, statuses: set[int]
) -> None:
    if shutil.which(command[0], path=f"{BIN}:{os.environ['PATH']}") is None:
        pytest.skip(f"{command[0]} is not installed")
    served = Served(command, data_dir, free_port())
    served.wait_until_ready()
    assert sum("api.server.worker" in each for each in served.processes().values()) == 2
    assert servers(data_dir)
    (os.killpg if everyone else os.kill)(served.pid, number)
    status, said = served.end()
    assert status in statuses
    assert "stopped\n" in said
    assert "Killing" not in said
    until(lambda: not served.processes() and not servers(data_dir))


@pytest.mark.long
def test_the_service_starts_again_after_it_was_killed(data_dir: Path) -> None:
    served = Served(PYTHON, data_dir, free_port())
    served.wait_until_ready()
    served.kill()
    assert served.end()[0] == -signal.SIGKILL
    until(lambda: not served.processes())
    again = Served(PYTHON, data_dir, served.port)
    again.wait_until_ready()
    again.terminate()
    assert again.end()[0] == 0
    until(lambda: not servers(data_dir))


@pytest.mark.long
def test_a_service_that_is_stopped_while_it_starts_leaves_nothing_running(data_dir: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        served = Served(PYTHON, data_dir, free_port())
        served.wait_for_line("^starting PostgreSQL")
        until(lambda: bool(servers(data_dir)))
        served.send_signal(number)
        status, said = served.end()
        assert (status, said.splitlines()[-1]) == (130, f"ended by {number.name}")
        assert servers(data_dir) == []


@pytest.mark.long
def test_a_second_service_is_refused(data_dir: Path, tmp_path: Path) -> None:
    with running(data_dir) as served:
        second = refused(PYTHON, data_dir, free_port())
        assert second == f"{data_dir.resolve()} is in use by another process"
        same_port = refused(PYTHON, tmp_path, served.port)
        assert same_port == f"can't listen on 127.0.0.1:{served.port}: Address already in use"

        worker, *_ = [pid for pid, command in served.processes().items() if "api.server.worker" in command]
        os.kill(worker, signal.SIGKILL)
        until(
            lambda: (
                worker not in served.processes()
                and sum("api.server.worker" in each for each in served.processes().values()) == 2
            )
        )
        health = f"http://127.0.0.1:{served.port}/health/ready"
        until(lambda: httpx.get(health, verify=False, timeout=LONGEST).status_code == 200)

        # The signal arrives while the password is hashed.
        with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=LONGEST)) as connection:
            body = '{"username": "noor", "email": "noor@example.org", "password": "een lange zin onthoudt beter"}'
            connection.request("POST", "/api/register", body, {"Content-Type": "application/json"})
            time.sleep(0.02)
            served.terminate()
            # The response also holds the socket, until its body is read.
            answer = connection.getresponse()
            answer.read()
        assert answer.status == 201


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://noor:secret@127.0.0.1:1/nestwerk", "can't connect to PostgreSQL: "),
        ("postgresql://noor:secret@nowhere.invalid/nestwerk", "can't connect to PostgreSQL: "),
    ],
)
def test_an_unreachable_server(tmp_path: Path, url: str, why: str) -> None:
    line = refused(PYTHON, tmp_path, free_port(), DATABASE_URL=url, START_TIMEOUT="0")
    assert line.startswith(why)
    assert "secret" not in line


def test_an_unreachable_database(cluster: EmbeddedServer, tmp_path: Path) -> None:
    dsn = cluster.dsn.replace("/nestwerk?", "/none?")
    assert 'database "none" does not exist' in refused(PYTHON, tmp_path, free_port(), DATABASE_URL=dsn)


def test_a_schema_that_is_behind(cluster: EmbeddedServer, tmp_path: Path) -> None:
    dsn = cluster.dsn.replace("/nestwerk?", "/template1?")
    line = refused(PYTHON, tmp_path, free_port(), DATABASE_URL=dsn)
    assert "just migrate" in line


def test_a_privilege_that_is_missing(migrated: str, tmp_path: Path) -> None:
    make_roles(migrated)
    with psycopg.connect(migrated) as connection:
        connection.execute("revoke update (rating) on suggestions from nestwerk_service")
    line = refused(PYTHON, tmp_path, free_port(), DATABASE_URL=migrated.replace("postgres@", "nestwerk_service@"))
    assert line == (
        f"sql/queries/suggestions.sql:{STATEMENTS['rate_suggestion'].line}: rate_suggestion: "
        "PostgreSQL says: permission denied for table suggestions"
    )


@pytest.mark.long
def test_the_embedded_server_has_connections_for_all_workers() -> None:
    twice = 2 * 60 * CONNECTIONS
    with TemporaryDirectory(prefix="nestwerk-") as name:
        server = _embedded_server(Settings(workers=60, data_dir=Path(name)))
        with server:
            assert free_connections(server.dsn, twice) > twice


def test_of_two_services_that_start_at_once_one_says_that_the_address_is_in_use() -> None:
    address = Address("127.0.0.1", free_port())
    [first], [second] = address.bind(), address.bind()
    with first, second:
        address.listen([first])
        with pytest.raises(AddressError, match=f"can't listen on 127.0.0.1:{address.port}: Address already in use"):
            address.listen([second])


def test_a_service_that_comes_second_leaves_the_file_of_the_first(
    cluster: EmbeddedServer, dsn: str, tmp_path: Path
) -> None:
    settings = Settings(port=free_port(), data_dir=tmp_path)
    address = Address(settings.host, settings.port)
    [first], second = address.bind(), address.bind()
    with first, second[0], run_file(settings):
        address.listen([first])
        with pytest.raises(AddressError, match="Address already in use"):
            _run_workers(settings, cluster.service_dsn, second, Totals())
        assert read_run_file(settings) == Renewals(os.getpid())


def test_a_host_that_has_several_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    address = Address("several", free_port())
    tcp = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
    # The first isn't this machine's.
    found = [(*tcp, (host, address.port)) for host in ("192.0.2.99", "127.0.0.1", "127.0.0.2")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    sockets = address.bind()
    assert [bound.getsockname()[0] for bound in sockets] == ["127.0.0.1", "127.0.0.2"]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found[:1])
    with pytest.raises(AddressError, match="can't listen on several"):
        address.bind()
    for bound in sockets:
        bound.close()
