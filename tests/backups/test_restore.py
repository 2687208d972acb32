"""Base backups of a cluster: taken, restored to their end, to the WAL's end and to moments, and refused."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from api.backups.folder import BackupError, read_backups
from api.backups.restoring import can_lead_on
from api.paths import ROOT
from api.postgres.archiving import has_archived, system_identifier, wal_folder
from api.postgres.cluster import KEPT
from api.postgres.databases import service_database
from api.postgres.embedded import EmbeddedServer
from api.postgres.programs import EmbeddedServerError
from api.settings import Settings
from tests.backups.restoring import Archived, marks, place, wait_until
from tests.waiting import until

pytestmark = pytest.mark.long


@pytest.fixture
def archived(folder: Path) -> Archived:
    return Archived(folder)


@pytest.fixture(scope="module")
def kept() -> Iterator[tuple[Archived, dict[str, datetime]]]:
    """A stopped cluster with a chain of three backups, rows around each, and moments after these rows."""
    with place() as folder:
        archived = Archived(folder)
        moments = {}
        with archived.server:
            for number in range(3):
                moments[f"{number} before"] = archived.mark(f"{number} before")
                wait_until(archived.backup().finished)
                moments[f"{number} later"] = archived.mark(f"{number} later")
            moments["last"] = archived.mark("last")
        yield archived, moments


ALL = ["0 before", "0 later", "1 before", "1 later", "2 before", "2 later", "last"]


@pytest.mark.parametrize("number", [0, 2])
def test_each_backup_leads_to_the_end_of_the_wal(
    kept: tuple[Archived, dict[str, datetime]], folder: Path, number: int
) -> None:
    archived, _ = kept
    backups = read_backups(archived.backups)
    assert [backup.kind for backup in backups] == ["full", "incremental", "incremental"]
    restored = archived.restore(backups[number], folder / "elsewhere")
    assert restored.kept is None
    assert marks(folder / "elsewhere") == ALL


@pytest.mark.parametrize(("backup", "until"), [(0, "2 before"), (2, "2 later")])
def test_a_moment_has_exactly_the_rows_before_it(
    kept: tuple[Archived, dict[str, datetime]], folder: Path, backup: int, until: str
) -> None:
    archived, moments = kept
    restored = archived.restore(read_backups(archived.backups)[backup], folder / "elsewhere", moments[until])
    assert restored.last
    assert restored.last <= moments[until]
    assert marks(folder / "elsewhere") == ALL[: ALL.index(until) + 1]


def test_moments_that_can_not_be_reached(kept: tuple[Archived, dict[str, datetime]], folder: Path) -> None:
    archived, moments = kept
    [full, *_, last] = read_backups(archived.backups)
    with pytest.raises(BackupError) as refused:
        archived.restore(full, folder / "elsewhere", moments["last"] + timedelta(seconds=1))
    assert f"can't be reached: the WAL that there is ends with {moments['last']:%Y-%m-%d %H:%M}" in str(refused.value)
    with pytest.raises(BackupError, match=f"is before .*{last.path.name} was finished: restore an earlier backup"):
        archived.restore(last, folder / "elsewhere", moments["1 before"])
    assert [path.name for path in (folder / "elsewhere").iterdir() if path.is_dir()] == []


def test_in_place(archived: Archived) -> None:
    """The cluster of before is kept; its last rows, which never got into the archive, come back too; sessions end."""
    server = archived.server
    with server:
        with psycopg.connect(server.dsn, autocommit=True) as connection:
            connection.execute("create table sessions (id bigint); insert into sessions values (1)")
        wait_until(archived.backup().finished)
        archived.mark("archived")
        with pytest.raises(EmbeddedServerError, match="is in use by another process: stop the service first"):
            archived.restore(read_backups(archived.backups)[0])
        archived.mark("not archived")
        os.kill(int((server.cluster / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    identifier = system_identifier(server.cluster)
    restored = archived.restore(read_backups(archived.backups)[0])
    assert restored.kept
    assert restored.kept.name.startswith(f"{KEPT}restore-")
    assert system_identifier(restored.kept) == identifier
    with server, psycopg.connect(server.dsn) as connection:
        assert connection.execute("select name from marks").fetchall() == [("archived",), ("not archived",)]
        assert connection.execute("select from sessions").fetchall() == []
        # It goes on, on a timeline of its own, which can be restored as well.
        again = archived.mark("restored")
        archived.mark("after")
    assert archived.said == [text for text in archived.said if "can't be" not in text]
    archived.restore(read_backups(archived.backups)[0], moment=again)
    assert marks(server.data_dir) == ["archived", "not archived", "restored"]
    # PostgreSQL's summaries of WAL go on, in each later run too.
    for kind in ("full", "incremental", "incremental"):
        with server:
            assert archived.backup().kind == kind
    assert not any("can't be" in text for text in archived.said)


def test_what_was_given_up_does_not_come_back(archived: Archived, folder: Path) -> None:
    """A cluster was restored from before its last backup, and its disk is lost before it has another one."""
    with archived.server:
        archived.mark("a")
        full = archived.backup()
        wait_until(full.finished)
        moment = archived.mark("b")
        archived.mark("c")
        given_up = archived.backup()
    archived.restore(full, moment=moment)
    with archived.server, psycopg.connect(archived.server.dsn, autocommit=True) as connection:
        archived.mark("d")
        for number in range(5):
            connection.execute("select pg_switch_wal()")
            archived.mark(f"e{number}")
    assert can_lead_on(full, archived.backups, None)
    assert not can_lead_on(given_up, archived.backups, None)
    assert can_lead_on(given_up, archived.backups, moment)
    expected = ["a", "b", "d", "e0", "e1", "e2", "e3", "e4"]
    archived.restore(full, folder / "new disk")
    assert marks(folder / "new disk") == expected
    # Named, it comes back nevertheless.
    archived.restore(given_up, folder / "given up")
    assert marks(folder / "given up") == ["a", "b", "c"]
    with archived.server:
        assert archived.backup().kind == "full"
        assert archived.backup().kind == "incremental"
    archived.restore(read_backups(archived.backups)[-1], folder / "last")
    assert marks(folder / "last") == expected


def test_a_killed_restore_makes_no_empty_cluster(archived: Archived) -> None:
    """It was killed when the old cluster had made room."""
    with archived.server:
        archived.mark("kept")
    cluster = archived.server.cluster
    kept = cluster.rename(cluster.with_name(f"{KEPT}restore-20260101T000000Z"))
    with pytest.raises(EmbeddedServerError) as refused:
        archived.server.start()
    assert f"has no cluster: replacing it was cut off; do it again, or rename {kept.name} to postgres" in str(
        refused.value
    )
    kept.rename(cluster)
    assert marks(archived.server.data_dir) == ["kept"]


def test_what_changes_is_soon_archived_also_after_a_start(archived: Archived, monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL itself would see to that after five minutes only."""
    monkeypatch.setattr("api.postgres.archiving.ARCHIVE_TIMEOUT", 1)
    with archived.server:
        archived.mark("a")
        folder = wal_folder(archived.backups, system_identifier(archived.server.cluster))
        until(lambda: [*folder.glob("*.gz")])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def test_a_recipe_without_backup_dir_leaves_no_gap(
    archived: Archived, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(data_dir=archived.server.data_dir)
    with archived.server:
        full = archived.backup()
        with service_database(settings):
            assert capsys.readouterr().err == ""
    with service_database(settings) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        for number in range(3):
            archived.mark(f"{number}")
            connection.execute("select pg_switch_wal()")
            connection.execute("checkpoint")
    assert "BACKUP_DIR isn't set, and WAL was archived there: what is written now stays" in capsys.readouterr().err
    with archived.server:
        archived.mark("last")
    archived.restore(full, folder / "elsewhere")
    assert marks(folder / "elsewhere") == ["0", "1", "2", "last"]
    # The service ends it, and what a restore made doesn't begin with it.
    with EmbeddedServer(archived.server.data_dir):
        pass
    for data_dir in (archived.server.data_dir, folder / "elsewhere"):
        assert not has_archived(data_dir / "postgres")


def test_what_is_damaged_is_refused_by_name(archived: Archived, folder: Path) -> None:
    with archived.server:
        archived.mark("a")
        full = archived.backup()
        incremental = archived.backup()
        archived.mark("b")
        with psycopg.connect(archived.server.dsn, autocommit=True) as connection:
            for _ in range(3):
                connection.execute("select pg_switch_wal()")
                archived.mark(f"{time.monotonic()}")
        identifier = system_identifier(archived.server.cluster)
    for damaged in (full, incremental):
        flip(damaged.path / "global" / "pg_control")
        with pytest.raises(BackupError, match=f"{damaged.path.name} is damaged: .*pg_control"):
            archived.restore(incremental)
        flip(damaged.path / "global" / "pg_control")
    segments = sorted(path for path in wal_folder(archived.backups, identifier).iterdir() if len(path.name) == 27)
    missing = segments[-2].rename(folder / "missing")
    with pytest.raises(BackupError, match=f"has a gap: {segments[-2].name} is missing"):
        archived.restore(incremental)
    missing.rename(segments[-2])
    shutil.rmtree(full.path)
    with pytest.raises(BackupError, match="is incremental, and the full backup that it rests on is gone"):
        archived.restore(incremental)
    assert {path.name for path in archived.server.data_dir.iterdir() if path.is_dir()} == {"postgres"}


def test_without_archived_wal_a_backup_leads_to_its_own_end(folder: Path) -> None:
    archived = Archived(folder)
    archived.server = EmbeddedServer(folder / "data")
    with archived.server:
        archived.mark("a")
        backups = [archived.backup(), archived.backup()]
        at = archived.mark("b")
    assert [backup.kind for backup in backups] == ["full", "full"]
    with pytest.raises(BackupError, match="no WAL was archived for this backup"):
        archived.restore(backups[0], moment=at)
    archived.restore(backups[0])
    assert marks(archived.server.data_dir) == ["a"]
    with archived.server, psycopg.connect(archived.server.dsn) as connection:
        # Not that of before, on which other changes were made.
        assert connection.execute("select timeline_id from pg_control_checkpoint()").fetchall() == [(2,)]


def test_a_killed_backup_does_not_count(archived: Archived) -> None:
    with archived.server:
        environment = os.environ | {"DATA_DIR": str(archived.server.data_dir), "BACKUP_DIR": str(archived.backups)}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-m", "api", "backup"]
        with psycopg.connect(archived.server.dsn) as connection:
            query = "select pid from pg_stat_activity where backend_type = 'checkpointer'"
            [(checkpointer,)] = connection.execute(query).fetchall()
        # A backup begins with a checkpoint, so that it isn't finished before it's killed.
        os.kill(checkpointer, signal.SIGSTOP)
        try:
            process = subprocess.Popen(command, cwd=ROOT, env=environment)
            until(lambda: any(archived.backups.glob(".unfinished-*")))
            left = [*archived.backups.glob(".unfinished-*")]
            process.kill()
            process.wait()
            assert read_backups(archived.backups) == []
        finally:
            os.kill(checkpointer, signal.SIGCONT)
        deadline = time.monotonic() + 120
        while not read_backups(archived.backups):
            assert time.monotonic() < deadline
            # Its program may still go on, and holds the lock then.
            done = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
            assert done.returncode == 0 or "another backup or restore works with" in done.stderr
    assert not any(path.exists() for path in left)


def test_a_disk_without_room(archived: Archived) -> None:
    mount = ["mount", "-t", "tmpfs", "-o", "size=16M,mode=711", "tmpfs", str(archived.backups)]
    with archived.server:
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("a small disk can't be mounted here")
        try:
            with pytest.raises(BackupError, match="No space left on device") as refused:
                archived.backup()
            assert "\n" not in str(refused.value)
            assert [*archived.backups.iterdir()] == []
        finally:
            subprocess.run(["umount", "-l", str(archived.backups)], check=True)
