"""How old backups are: in the files, in `/health/ready?verbose`, and in what the parent says."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from api.backup_age import TIME_FORMAT, BackupAges, read_backup_ages
from api.health.routes import ready
from api.postgres import watching
from tests.backups.made import made_backup, made_wal, segment


@pytest.fixture
def waiting(tmp_path: Path) -> Path:
    """A segment that has been waiting to be archived for ten minutes."""
    status = tmp_path / "data" / "postgres" / "pg_wal" / "archive_status"
    status.mkdir(parents=True)
    path = status / f"{segment(3)}.ready"
    path.touch()
    os.utime(path, (time.time() - 600,) * 2)
    return path


def test_ages(tmp_path: Path, waiting: Path) -> None:
    assert read_backup_ages(tmp_path / "absent", tmp_path) == BackupAges(None, None, None)
    assert read_backup_ages(None, tmp_path) == BackupAges(None, None, None)
    for hours, kind in ((30, "full"), (2, "incremental")):
        made_backup(tmp_path, f"{datetime.now(UTC) - timedelta(hours=hours):{TIME_FORMAT}}-{kind}")
    archive = made_wal(tmp_path, segment(1), segment(2))
    for name, age in ((segment(1), 60), (segment(2), 5)):
        os.utime(archive / f"{name}.gz", (time.time() - age,) * 2)
    # One that is being written doesn't count.
    (archive / f".{segment(3)}").touch()
    ages = read_backup_ages(tmp_path, tmp_path / "data")
    assert ages.backup == pytest.approx(7200, abs=60)
    assert ages.wal == pytest.approx(5, abs=60)
    assert ages.waiting == pytest.approx(600, abs=60)


async def test_readiness_tells_them_only_if_asked(client: httpx.AsyncClient) -> None:
    assert (await client.get("/health/ready")).json() == {"status": "ok"}
    none = {"lastBackup": None, "lastWal": None, "waitingWal": None}
    for query in ("verbose", "verbose=true"):
        answer = await client.get(f"/health/ready?{query}")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok", "backups": none})
    assert (await client.get("/health/ready?verbose=false")).json() == {"status": "ok"}
    assert (await client.get("/health/ready?verbose=2")).status_code == 400


async def test_readiness_reads_the_folder_of_its_settings(
    tmp_path: Path, waiting: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_backup(tmp_path, "20260101T000000Z-full")
    monkeypatch.setenv("BACKUP_DIR", str(tmp_path))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))

    class Applied:
        def check_connections(self) -> None:
            pass

        async def are_migrations_applied(self, **_: str) -> bool:
            return True

    monkeypatch.setattr("api.health.routes.sql", Applied())
    answer: Any = await ready.fn(verbose=True)
    assert answer.backups.last_backup > 86400
    assert answer.backups.last_wal is None
    assert answer.backups.waiting_wal > 500


def test_the_parent_says_when_archiving_fails(
    tmp_path: Path, waiting: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Once, and once when it works again."""
    monkeypatch.setattr(watching, "ARCHIVE_INTERVAL", 0.0)
    server: Any = SimpleNamespace(data_dir=tmp_path / "data", cluster="CLUSTER")
    watcher = watching._Watcher(server)
    for _ in range(2):
        watcher._look_at_archive()
    waiting.unlink()
    for _ in range(2):
        watcher._look_at_archive()
    assert capsys.readouterr().out.splitlines() == [
        "WAL isn't archived in BACKUP_DIR: it fills the disk of CLUSTER until it is; CLUSTER/server.log says why",
        "WAL is archived again",
    ]
