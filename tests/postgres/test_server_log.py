"""PostgreSQL's log stays small and private, and says why a server doesn't start."""

import os
import shutil
import stat
import threading
from pathlib import Path
from typing import cast

import psycopg
import pytest

from api.postgres import server_log
from api.postgres.embedded import EmbeddedServer
from api.postgres.postmaster import Postmaster
from api.postgres.server_log import KEPT, keep_small, open_log
from api.postgres.watching import kept_running


@pytest.fixture
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A log of which more than ten bytes are too many."""
    monkeypatch.setattr(server_log, "MOST", 10)
    return tmp_path / "server.log"


def contents(log: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in log.parent.iterdir()}


def test_a_log_that_grows_moves_on_while_it_is_written(log: Path) -> None:
    descriptor = open_log(log)
    try:
        os.write(descriptor, b"0123456789")
        keep_small(log)
        assert contents(log) == {"server.log": "0123456789"}
        for number in range(KEPT + 3):
            os.write(descriptor, f"line {number} and more\n".encode())
            keep_small(log)
            os.write(descriptor, f"{number}\n".encode())
    finally:
        os.close(descriptor)
    latest = KEPT + 2
    assert contents(log) == {"server.log": f"{latest}\n"} | {
        f"server.log.{place}": f"{latest - place}\nline {latest - place + 1} and more\n" for place in range(1, KEPT + 1)
    }
    assert {stat.S_IMODE(path.stat().st_mode) for path in log.parent.iterdir()} == {0o600}


def test_what_a_full_disk_can_not_keep_is_dropped(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object, copy: "object") -> None:
        raise OSError(28, "No space left on device")

    log.write_text("0123456789 and more")
    monkeypatch.setattr(shutil, "copyfileobj", fail)
    keep_small(log)
    assert contents(log) == {"server.log": ""}


def test_no_link_is_followed(log: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "file"
    elsewhere.write_text("0123456789 of others")
    log.symlink_to(elsewhere)
    keep_small(log)
    with pytest.raises(OSError, match="symbolic link"):
        open_log(log)
    log.unlink()
    log.write_text("0123456789 and more")
    log.with_name("server.log.1").symlink_to(elsewhere)
    keep_small(log)
    assert log.with_name("server.log.1").read_text() == "0123456789 and more"
    assert log.with_name("server.log.2").is_symlink()
    assert elsewhere.read_text() == "0123456789 of others"


def test_a_running_server_goes_on_in_an_emptied_log(cluster: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    log = cluster.cluster / "server.log"
    monkeypatch.setattr(server_log, "MOST", 0)
    with psycopg.connect(cluster.dsn, autocommit=True) as connection:
        for text in ("nothing_before", "nothing_after"):
            with pytest.raises(psycopg.errors.UndefinedColumn):
                connection.execute(f"select {text}".encode())
            if text == "nothing_before":
                cluster.keep_log_small()
    assert "nothing_before" in log.with_name("server.log.1").read_text("utf-8", errors="replace")
    after = log.read_text("utf-8", errors="replace")
    assert "nothing_after" in after
    assert "nothing_before" not in after
    assert "\0" not in after


def test_a_server_that_is_watched_has_its_log_looked_at(tmp_path: Path) -> None:
    looked = threading.Event()

    class Server:
        data_dir = tmp_path

        def is_running(self) -> bool:
            return True

        def keep_log_small(self) -> None:
            looked.set()

    with kept_running(cast("EmbeddedServer", Server())):
        assert looked.wait(5)


def test_why_it_does_not_start_is_read_from_an_emptied_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "postgres"
    program.write_text("#!/bin/sh\necho 'FATAL:  it is out of order' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setattr("api.postgres.programs.binaries", lambda: tmp_path)
    monkeypatch.setattr("api.postgres.postmaster.spawn_options", dict)
    monkeypatch.setattr(server_log, "MOST", 10)
    (tmp_path / "server.log").write_text("FATAL:  something of before\n" * 10)
    with pytest.raises(Exception, match="does not start: FATAL:  it is out of order "):
        Postmaster(tmp_path).start({})
