"""Who may connect to the embedded server and touch its files: the user who started it, and nobody else."""

import os
import pwd
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import psycopg
import pytest

from api.backups.restoring import restore_base_backup
from api.postgres import embedded, owner
from api.postgres.databases import service_database
from api.postgres.embedded import EmbeddedServer
from api.postgres.programs import EmbeddedServerError, find_binary
from api.postgres.system_user import PRIVATE_ID
from api.settings import Settings
from tests.backups.made import made_backup

# Only root can become another user.
by_root = pytest.mark.skipif(os.geteuid() != 0, reason="this takes root")
NOBODY: Final = pwd.getpwnam("nobody").pw_uid
ROLES: Final = ("postgres", "nestwerk_service", "nestwerk_owner")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder that everybody may pass."""
    with TemporaryDirectory(prefix="nestwerk-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture(scope="module")
def data_dir(folder: Path) -> Path:
    """A data directory with a stopped cluster."""
    with EmbeddedServer(folder / "data") as server, psycopg.connect(server.dsn) as connection:
        connection.execute("create table kept (id bigint)")
    return server.data_dir


def connect_as(user: int, role: str, sockets: Path) -> str:
    """What psql says to a user of the system."""
    command = [find_binary("psql"), "-h", sockets, "-U", role, "-d", "postgres", "-c", "select 'let in'"]
    as_user = {"user": user, "group": user, "extra_groups": []}
    return subprocess.run(command, cwd="/", capture_output=True, text=True, check=False, **as_user).stderr  # type: ignore[call-overload,no-any-return]


def owners(folder: Path) -> set[int]:
    return {path.lstat().st_uid for path in (folder, *folder.rglob("*"))}


@by_root
def test_no_other_user_is_let_in(data_dir: Path) -> None:
    with EmbeddedServer(data_dir) as server:
        assert owners(server.cluster) <= {PRIVATE_ID, 0}
        for role in ROLES:
            assert "Permission denied" in connect_as(NOBODY, role, server.cluster)
            assert "Peer authentication failed" in connect_as(PRIVATE_ID, role, server.cluster)
        # Not even where the folder of the socket is opened by mistake.
        server.cluster.chmod(0o711)
        assert "Peer authentication failed" in connect_as(NOBODY, "postgres", server.cluster)
        server.cluster.chmod(0o700)
        # PostgreSQL can't change who is let in.
        for name in ("pg_hba.conf", "pg_ident.conf"):
            found = (server.data_dir / name).stat()
            assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (0, 0o644)


@by_root
@pytest.mark.parametrize("running", [True, False])
def test_a_cluster_of_an_earlier_release_is_brought_over(data_dir: Path, running: bool) -> None:
    """Its PostgreSQL was open to all processes of the user that it shared with them."""
    server = EmbeddedServer(data_dir)
    for path in (server.cluster, *server.cluster.rglob("*")):
        os.chown(path, NOBODY, NOBODY, follow_symlinks=False)
    (server.cluster / "pg_hba.conf").write_text("local all all trust\n")
    command: list[str | Path] = [find_binary("postgres"), "-D", server.cluster, "-c", "listen_addresses="]
    command += ["-c", f"unix_socket_directories={server.cluster}"]
    with subprocess.Popen(
        command, user=NOBODY, group=NOBODY, extra_groups=[], stderr=subprocess.DEVNULL, start_new_session=True
    ) as old:
        deadline = time.monotonic() + 20
        while "let in" in (said := connect_as(NOBODY, "postgres", server.cluster)) or "failed" in said:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        if not running:
            old.terminate()
            old.wait()
        with server, psycopg.connect(server.dsn) as connection:
            assert old.wait() == 0
            assert connection.execute("select from kept").fetchall() == []
            assert "Permission denied" in connect_as(NOBODY, "postgres", server.cluster)
            assert owners(server.cluster) <= {PRIVATE_ID, 0}


@by_root
def test_folders_of_others_are_not_opened(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    (closed / "something").touch()
    for data_dir in (closed, closed / "data"):
        with pytest.raises(EmbeddedServerError) as refused:
            EmbeddedServer(data_dir).start()
        assert str(refused.value) == (
            f"PostgreSQL can't run as root, and another user can't pass {closed} on the way to {data_dir}: "
            "set DATA_DIR to a folder that others may pass, such as /var/lib/nestwerk, "
            "or run this as a user that isn't root"
        )
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@by_root
def test_programs_that_can_not_be_reached(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = folder / "environment"
    programs.mkdir(mode=0o700)
    monkeypatch.setattr(owner, "binaries", lambda: programs)
    with pytest.raises(EmbeddedServerError, match="UV_PROJECT_ENVIRONMENT"):
        EmbeddedServer(folder / "without programs").start()
    assert stat.S_IMODE(programs.stat().st_mode) == 0o700


@by_root
def test_a_cluster_of_another_user(data_dir: Path, tmp_path: Path) -> None:
    """It isn't started, and not used or replaced either, by root for one."""
    server = EmbeddedServer(data_dir)
    backup = made_backup(tmp_path, "20260101T000000Z-full")
    os.chown(server.cluster, 12345, 12345)
    try:
        refused = pytest.raises(EmbeddedServerError, match="belongs to user 12345: run this as that user")
        with refused:
            server.start()
        with refused:
            restore_base_backup(backup, data_dir, backup_dir=None, moment=None, say=print)
        lock = owner.own(data_dir)
        with refused, service_database(Settings(data_dir=data_dir)):
            pass
        os.close(lock)
    finally:
        os.chown(server.cluster, PRIVATE_ID, PRIVATE_ID)


@by_root
def test_a_data_directory_of_another_user(data_dir: Path) -> None:
    os.seteuid(NOBODY)
    try:
        with pytest.raises(EmbeddedServerError, match="belongs to user 0: run this as the user of the service"):
            owner.own(data_dir)
    finally:
        os.seteuid(0)


def link(sockets: Path, folder: Path) -> None:
    (folder / "elsewhere").mkdir(mode=0o700)
    sockets.symlink_to(folder / "elsewhere")


def open_to_all(sockets: Path, _: Path) -> None:
    sockets.mkdir()
    sockets.chmod(0o777)


def of_somebody_else(sockets: Path, _: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("this takes root")
    sockets.mkdir(mode=0o700)
    os.chown(sockets, NOBODY, NOBODY)


@pytest.mark.parametrize("prepare", [link, open_to_all, of_somebody_else], ids=lambda prepare: prepare.__name__)
def test_a_socket_folder_that_was_there_before_is_refused(
    folder: Path, data_dir: Path, prepare: Callable[[Path, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "_LONGEST_SOCKET_DIR", 10)
    server = EmbeddedServer(data_dir)
    sockets = server._socket_dir()
    assert sockets != server.cluster
    prepare(sockets, folder)
    try:
        with pytest.raises(EmbeddedServerError, match="only PostgreSQL can enter, and it is not: remove it"):
            server.start()
        # What somebody else made is left as it is.
        assert sockets.is_symlink() or sockets.exists()
    finally:
        (sockets.unlink if sockets.is_symlink() else sockets.rmdir)()
