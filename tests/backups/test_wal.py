"""Archived WAL that is looked through before a recovery, and the shell that archives it."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from api.backups.folder import BackupError
from api.backups.wal import check_archived, current_timeline, unarchived
from api.postgres.archiving import archive_settings, restore_settings, wal_folder
from api.postgres.programs import EmbeddedServerError
from api.postgres.system_user import PRIVATE_ID, spawn_options
from tests.backups.made import CLUSTER, made_wal, segment


def test_a_gap_is_named(tmp_path: Path) -> None:
    archive = made_wal(tmp_path, *(segment(number) for number in (0xFE, 0xFF, 0x101, 0x102)))
    with pytest.raises(BackupError, match="…0000000100000000 is missing"):
        check_archived(archive, segment(0xFE))
    check_archived(archive, segment(0x101))


def test_a_timeline_goes_on_where_another_ended(tmp_path: Path) -> None:
    check_archived(made_wal(tmp_path, segment(4), segment(5), segment(5, 2), segment(6, 2)), segment(4))


def test_a_backup_after_all_archived_wal_needs_none(tmp_path: Path) -> None:
    check_archived(made_wal(tmp_path, segment(4)), segment(5))


def test_damage_is_named(tmp_path: Path) -> None:
    archive = made_wal(tmp_path, segment(4), segment(5))
    damaged = archive / f"{segment(5)}.gz"
    content = bytearray(damaged.read_bytes())
    content[-6] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(BackupError, match=f"archived WAL is damaged: .*{segment(5)}"):
        check_archived(archive, segment(4))


def test_the_timeline_that_was_archived_last_is_the_current_one(tmp_path: Path) -> None:
    """Also where a restore was tried, and the cluster of before goes on."""
    archive = made_wal(tmp_path, segment(4), segment(4, 2), segment(5))
    os.utime(archive / f"{segment(4, 2)}.gz", (1, 1))
    assert current_timeline(archive) == 1
    assert current_timeline(tmp_path) is None


@pytest.fixture
def folder() -> Iterator[Path]:
    """An awkward folder that PostgreSQL's user may pass."""
    with TemporaryDirectory(prefix="nestwerk-") as name:
        Path(name).chmod(0o711)
        path = Path(name) / "it's 100 %f"
        path.mkdir(mode=0o711)
        yield path


@pytest.fixture
def cluster_folder(folder: Path) -> Path:
    """What there is of a cluster: its identifier and its WAL."""
    cluster = folder / "data" / "postgres"
    for part in ("global", "pg_wal"):
        (cluster / part).mkdir(parents=True)
    (cluster / "global" / "pg_control").write_bytes(CLUSTER.to_bytes(8, "little") + bytes(100))
    (cluster / "pg_wal" / segment(1)).write_bytes(b"one" * 1000)
    (cluster / "pg_wal" / segment(2)).write_bytes(os.urandom(1_000_000))
    return cluster


def run_as_postgres(command: str, name: str, path: str = "", limit: str = "unlimited") -> int:
    """Run a setting's line as PostgreSQL does; returns its status."""
    line = command.replace("%%", "\0").replace("%f", name).replace("%p", path).replace("\0", "%")
    shell = ["sh", "-c", f"ulimit -f {limit}; trap '' XFSZ; {line}"]
    return subprocess.run(shell, cwd="/", check=False, capture_output=True, **spawn_options()).returncode


def test_wal_is_archived_once_and_given_back(folder: Path, cluster_folder: Path) -> None:
    command = archive_settings(cluster_folder, folder)["archive_command"]
    archive = wal_folder(folder, CLUSTER)
    first = cluster_folder / "pg_wal" / segment(1)
    assert run_as_postgres(command, segment(1)) == 0
    assert [path.name for path in archive.iterdir()] == [f"{segment(1)}.gz"]
    # As after a crash before PostgreSQL knew that it was archived.
    assert run_as_postgres(command, segment(1)) == 0
    restored = folder / "restored"
    restored.touch()
    restored.chmod(0o666)
    restore = restore_settings(archive)["restore_command"]
    assert run_as_postgres(restore, segment(1), str(restored)) == 0
    assert restored.read_bytes() == first.read_bytes()
    assert run_as_postgres(restore, segment(9), str(restored)) == 1
    # Another cluster's, or damage: what is there isn't replaced.
    first.write_bytes(b"two" * 1000)
    assert run_as_postgres(command, segment(1)) != 0
    assert [path.name for path in unarchived(cluster_folder, CLUSTER, archive)] == [segment(2)]
    assert unarchived(cluster_folder, 1, archive) == []
    assert unarchived(folder / "lost", CLUSTER, archive) == []


def test_a_disk_that_is_full_leaves_no_segment(folder: Path, cluster_folder: Path) -> None:
    command = archive_settings(cluster_folder, folder)["archive_command"]
    assert run_as_postgres(command, segment(2), limit="100") != 0
    assert not (wal_folder(folder, CLUSTER) / f"{segment(2)}.gz").exists()
    assert run_as_postgres(command, segment(2)) == 0


def test_where_a_restored_cluster_departs_is_archived_too(folder: Path, cluster_folder: Path) -> None:
    (cluster_folder / "pg_wal" / "00000002.history").write_text("1\t0/3000000\tno recovery target specified\n")
    archive_settings(cluster_folder, folder)
    archive_settings(cluster_folder, folder)
    assert [path.name for path in wal_folder(folder, CLUSTER).iterdir()] == ["00000002.history.gz"]


def test_a_folder_that_is_not_there_is_not_made(folder: Path, cluster_folder: Path) -> None:
    with pytest.raises(EmbeddedServerError, match="is not there: make that folder, or mount its disk"):
        archive_settings(cluster_folder, folder / "absent")
    assert not (folder / "absent").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="this takes root")
def test_a_folder_that_postgresql_can_not_use(folder: Path, cluster_folder: Path) -> None:
    wal_folder(folder, CLUSTER).mkdir(parents=True)
    with pytest.raises(EmbeddedServerError, match=f"PostgreSQL's user {PRIVATE_ID} can't write to"):
        archive_settings(cluster_folder, folder)
    folder.chmod(0o700)
    with pytest.raises(EmbeddedServerError, match="set BACKUP_DIR to a folder that others may pass"):
        archive_settings(cluster_folder, folder)
