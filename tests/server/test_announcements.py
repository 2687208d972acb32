"""What the service tells systemd and `just reload`, which finds it by a file that is locked."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from api.__main__ import main
from api.server.announcements import Announcements
from api.server.run_file import Renewals, read_run_file, run_file
from api.settings import Settings
from tests.waiting import LONGEST


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORT", "8765")
    return Settings(port=8765, data_dir=tmp_path)


@pytest.mark.parametrize("prefix", ["", "@"], ids=["file", "abstract"])
def test_systemd_is_told(tmp_path: Path, prefix: str, capsys: pytest.CaptureFixture[str]) -> None:
    name = prefix + str(tmp_path / "notify")
    environment = {"NOTIFY_SOCKET": name, "WATCHDOG_USEC": "100000000"}
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(name.replace("@", "\0"))
        announcements = Announcements("http://127.0.0.1:1", None, environment)
        announcements.ready()
        announcements.alive()
        announcements.alive()
        announcements.renewal_began()
        announcements.renewal_ended(succeeded=False)
        announcements.stopping()
        said = [systemd.recv(100).decode().partition("\n")[0] for _ in range(5)]
    # One watchdog's word is enough for half its time; nobody listens to the last.
    assert said == ["READY=1", "WATCHDOG=1", "RELOADING=1", "READY=1", "STOPPING=1"]
    announcements.stopping()
    assert "ready: http://127.0.0.1:1\n" in capsys.readouterr().out


def test_without_systemd_nothing_is_sent() -> None:
    announcements = Announcements("", None, {})
    announcements.alive()
    announcements.stopping()


def test_a_service_is_found_while_it_lives(settings: Settings) -> None:
    assert read_run_file(settings) is None
    with run_file(settings) as first:
        assert read_run_file(settings) == Renewals(os.getpid())
        first.begin()
        first.begin()
        first.end(succeeded=True)
        first.begin()
        assert read_run_file(settings) == Renewals(os.getpid(), begun=3, ended=2, succeeded=1)
        # A successor on the port that the first has closed.
        with run_file(settings):
            assert read_run_file(settings) == Renewals(os.getpid())
            assert read_run_file(Settings(port=1, data_dir=settings.data_dir)) is None
    assert list(settings.data_dir.iterdir()) == []


def test_what_a_killed_service_left_is_no_service(settings: Settings) -> None:
    code = "import sys; from api.server.run_file import *; from api.settings import *\n"
    code += "with run_file(read_settings()): print('there', flush=True); sys.stdin.read()"
    process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    assert process.stdout.readline() == b"there\n"
    assert read_run_file(settings) == Renewals(process.pid)
    process.kill()
    process.communicate()
    assert len(list(settings.data_dir.iterdir())) == 1
    assert read_run_file(settings) is None


@pytest.mark.parametrize(
    ("succeeded", "said"), [(True, "the workers were replaced"), (False, "so the old ones stay: the service's log")]
)
def test_reload_waits_and_says_how_it_went(
    settings: Settings, succeeded: bool, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with run_file(settings) as file:
        # A renewal that is under way already is not the one that is asked for.
        file.begin()
        began = threading.Event()

        def ask(*_: object) -> None:
            file.end(succeeded=not succeeded)
            file.begin()
            began.set()

        before = signal.signal(signal.SIGHUP, ask)

        def renew() -> None:
            began.wait(LONGEST)
            file.end(succeeded=succeeded)

        thread = threading.Thread(target=renew)
        thread.start()
        try:
            assert main(["reload"]) == int(not succeeded)
        finally:
            signal.signal(signal.SIGHUP, before)
            thread.join()
    shown = capsys.readouterr()
    assert said in (shown.out if succeeded else shown.err)


@pytest.mark.parametrize("text", ["", "rubbish", " ".join(["0000000000"] * 4), "123"])
def test_a_file_of_something_else_is_no_service(settings: Settings, text: str) -> None:
    """Also one that a full disk left empty; a signal for process 0 would go to all of a group."""
    with run_file(settings):
        next(settings.data_dir.iterdir()).write_text(text)
        assert read_run_file(settings) is None


def test_a_service_that_is_gone_or_in_another_container(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    monkeypatch.setattr(os, "getpid", lambda: ended.pid)
    with run_file(settings):
        assert main(["reload"]) == 1
    assert "the service has stopped, or" in capsys.readouterr().err


def test_a_file_that_cannot_be_read(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    path = settings.data_dir / "service-8765.pid"
    path.symlink_to(path)
    assert main(["reload"]) == 1
    assert capsys.readouterr().err == f"can't find the service: {path}: Too many levels of symbolic links\n"


def test_reload_without_a_service(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reload"]) == 1
    assert capsys.readouterr().err == f"no service runs on port 8765 with DATA_DIR={settings.data_dir}\n"
