"""The embedded server: started, shared, killed, moved and refused."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from api.paths import ROOT
from api.postgres.embedded import EmbeddedServer
from api.postgres.owner import DataDirInUse
from api.postgres.programs import EmbeddedServerError
from tests.interrupted_start import interrupted_start
from tests.waiting import until

OWN = (
    "import sys, time; from pathlib import Path; from api.postgres.embedded import *\n"
    "try: EmbeddedServer(Path(sys.argv[1])).start()\n"
    "except EmbeddedServerError as error: sys.exit(str(error))\n"
    "print('started', flush=True); time.sleep(60)"
)


@pytest.fixture(scope="module")
def data_dir() -> Iterator[Path]:
    """A folder with an awkward name, and a stopped cluster in it."""
    with TemporaryDirectory(prefix="nestwerk-") as folder:
        # Folders above a data directory aren't opened for PostgreSQL's user.
        Path(folder).chmod(0o711)
        path = Path(folder) / f'it\'s "a" $HOME, `x` {"long" * 30}'
        with EmbeddedServer(path):
            pass
        yield path


@pytest.fixture
def server(data_dir: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(data_dir)
    yield server
    server.stop()


def owning(data_dir: Path) -> subprocess.Popen[str]:
    """A process that owns a data directory until it's killed."""
    command = [sys.executable, "-c", OWN, str(data_dir)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def pid_of(server: EmbeddedServer) -> int:
    return int((server.cluster / "postmaster.pid").read_text().split("\n")[0])


def processes_in(folder: Path) -> list[str]:
    """Processes whose working directory is a folder."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        try:
            if link.readlink() == folder:
                found.append(link.parent.name)
        except OSError:
            continue
    return found


def answers(server: EmbeddedServer) -> bool:
    with psycopg.connect(server.dsn) as connection:
        return connection.execute("select current_database()").fetchone() == ("nestwerk",)


def test_only_its_own_database_lets_everybody_in(server: EmbeddedServer) -> None:
    server.start()
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("create role visitor login")
        try:
            for database in ("postgres", "template1"):
                with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
                    psycopg.connect(server._dsn(database, "visitor"))
            psycopg.connect(server._dsn("nestwerk", "visitor")).close()
        finally:
            connection.execute("drop role visitor")


def test_leaves_nothing_running(server: EmbeddedServer) -> None:
    server.start()
    assert answers(server)
    assert len(processes_in(server.cluster)) > 1
    sockets = server._socket_dir()
    server.stop()
    assert processes_in(server.cluster) == []
    assert not sockets.exists()
    server.stop()


def test_a_second_owner_is_refused(server: EmbeddedServer, data_dir: Path) -> None:
    server.start()
    second = EmbeddedServer(data_dir)
    with pytest.raises(DataDirInUse) as raised:
        second.start()
    assert str(raised.value) == f"{data_dir} is in use by another process"
    second.stop()
    assert answers(server)


def test_of_those_that_start_together_one_wins(server: EmbeddedServer, data_dir: Path) -> None:
    processes = [owning(data_dir) for _ in range(3)]
    losers = []
    try:
        for process in processes:
            assert process.stdout is not None
            if process.stdout.readline() == "":
                losers.append(process.communicate(timeout=30)[1])
    finally:
        for process in processes:
            process.kill()
            process.communicate(timeout=30)
    assert losers == [f"{data_dir} is in use by another process\n"] * 2


def test_a_killed_owner_leaves_the_server_to_the_next(server: EmbeddedServer, data_dir: Path) -> None:
    process = owning(data_dir)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    process.kill()
    process.communicate(timeout=30)
    pid = pid_of(server)
    server.start()
    assert pid_of(server) == pid
    assert answers(server)
    server.stop()
    # It was another process's child, so its last moments aren't waited for.
    until(lambda: not processes_in(server.cluster))


def test_a_killed_server(server: EmbeddedServer) -> None:
    server.start()
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("create table kept (id bigint)")
        os.kill(pid_of(server), signal.SIGKILL)
    server.stop()
    server.start()
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        connection.execute("drop table kept")


def test_a_lock_file_that_names_a_process_of_others(server: EmbeddedServer) -> None:
    """As after a container was killed, when its process numbers are used again."""
    (server.cluster / "postmaster.pid").write_text(f"{os.getpid()}\n{server.cluster}\n")
    server.start()
    assert answers(server)


def test_a_cluster_that_was_not_finished(tmp_path_factory: pytest.TempPathFactory) -> None:
    with TemporaryDirectory(prefix="nestwerk-") as folder:
        unfinished = Path(folder) / "postgres.unfinished"
        unfinished.mkdir()
        (unfinished / "PG_VERSION").write_text("18\n")
        with EmbeddedServer(Path(folder)) as server:
            assert answers(server)
            assert not unfinished.exists()


def test_a_start_that_is_interrupted_leaves_nothing(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(server, "_create_database", interrupted)
        with pytest.raises(KeyboardInterrupt):
            server.start()
    assert processes_in(server.cluster) == []
    server.start()


def test_an_interruption_while_the_server_is_started(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with interrupted_start(monkeypatch):
        server.start()
    assert processes_in(server.cluster) == []
    server.start()


def test_another_major_version(server: EmbeddedServer) -> None:
    version = server.cluster / "PG_VERSION"
    before = version.read_text()
    version.write_text("17\n")
    try:
        with pytest.raises(EmbeddedServerError) as raised:
            server.start()
    finally:
        version.write_text(before)
    assert str(raised.value) == (
        f"{server.cluster} is of PostgreSQL 17, and this is PostgreSQL 18: run `just upgrade OLD_BIN_DIR`"
    )


def test_a_cluster_that_does_not_start(server: EmbeddedServer) -> None:
    conf = server.cluster / "postgresql.auto.conf"
    before = conf.read_text()
    conf.write_text("nonsense = 1\n")
    try:
        with pytest.raises(EmbeddedServerError) as raised:
            server.start()
    finally:
        conf.write_text(before)
    assert "PostgreSQL does not start: " in str(raised.value)
    assert "postgresql.auto.conf" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("path", ["file/below", "/proc/nowhere", "n" * 300])
def test_a_folder_that_can_not_be_made(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedServerError, match="can't use ") as raised:
        EmbeddedServer(tmp_path / path).start()
    assert "\n" not in str(raised.value)


def test_a_folder_that_is_not_its_own() -> None:
    with TemporaryDirectory(prefix="nestwerk-") as folder:
        (Path(folder) / "postgres").touch()
        with pytest.raises(EmbeddedServerError, match="can't use "):
            EmbeddedServer(Path(folder)).start()
