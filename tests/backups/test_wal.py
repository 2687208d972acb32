"""Archived WAL that is looked through before a recovery, and the shell that archives it."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from api.backups.folder import BackupError
from api.backups.wal import Timeline, branch, check_archived, is_given_up, timeline_at, unarchived
from api.postgres.archiving import archive_settings, restore_settings, wal_folder
from api.postgres.programs import EmbeddedServerError
from api.postgres.system_user import PRIVATE_ID, spawn_options
from tests.backups.made import CLUSTER, made_backup, made_history, made_wal, segment

ONE = [Timeline(1, None)]
# The second departs in the fifth segment.
TWO = [Timeline(1, 0x5000100), Timeline(2, None)]


def check(archive: Path, number: int, timelines: list[Timeline]) -> None:
    """Check the WAL that a backup needs which ended in a segment."""
    name = f"20260101T0000{len([*archive.parent.parent.glob('*-full')]):02}Z-full"
    backup = made_backup(archive.parent.parent, name, f"{number >> 8:X}/{number & 0xFF:02X}000028")
    check_archived(archive, backup, timelines)


def test_a_gap_is_named(tmp_path: Path) -> None:
    archive = made_wal(tmp_path, *(segment(number) for number in (0xFE, 0xFF, 0x101, 0x102)))
    with pytest.raises(BackupError, match=f"{segment(0x100)}.gz is missing"):
        check(archive, 0xFE, ONE)
    check(archive, 0x101, ONE)


def test_a_timeline_goes_on_where_another_ended(tmp_path: Path) -> None:
    check(made_wal(tmp_path, segment(4), segment(5), segment(5, 2), segment(6, 2)), 4, TWO)


@pytest.mark.parametrize("missing", [segment(4), segment(5, 2), segment(6, 2)])
def test_what_was_given_up_fills_no_gap(tmp_path: Path, missing: str) -> None:
    """The first timeline went on, to the seventh segment."""
    archive = made_wal(
        tmp_path, *(segment(number) for number in range(4, 8)), *(segment(number, 2) for number in range(5, 8))
    )
    check(archive, 4, TWO)
    (archive / f"{missing}.gz").unlink()
    with pytest.raises(BackupError, match=f"{missing}.gz is missing"):
        check(archive, 4, TWO)


def test_a_backup_after_all_archived_wal_needs_none(tmp_path: Path) -> None:
    check(made_wal(tmp_path, segment(4)), 5, ONE)


def test_damage_is_named(tmp_path: Path) -> None:
    archive = made_wal(tmp_path, segment(4), segment(5))
    damaged = archive / f"{segment(5)}.gz"
    content = bytearray(damaged.read_bytes())
    content[-6] ^= 1
    damaged.write_bytes(content)
    with pytest.raises(BackupError, match=f"archived WAL is damaged: .*{segment(5)}"):
        check(archive, 4, ONE)


def test_the_timeline_that_was_archived_last_is_the_current_one(tmp_path: Path) -> None:
    """Also where a restore was tried, and the cluster of before goes on; or no segment of it is archived yet."""
    archive = made_wal(tmp_path, segment(4), segment(4, 2), segment(5))
    os.utime(archive / f"{segment(4, 2)}.gz", (1, 1))
    assert timeline_at(archive, None) == 1
    assert timeline_at(tmp_path, None) is None
    made_history(archive, 3, "0/5000100", "0/6000100")
    assert timeline_at(archive, None) == 3


def test_a_recovery_follows_what_the_service_did_then(tmp_path: Path) -> None:
    """It was restored, from before the second backup, to a moment in the fifth segment; at 100 s, to say it so."""
    archive = made_wal(tmp_path, segment(4), segment(5), segment(6), segment(5, 2))
    made_history(archive, 2, "0/5000100")
    for at, name in enumerate((segment(4), segment(5), segment(6), "00000002.history", segment(5, 2))):
        os.utime(archive / f"{name}.gz", (40 * at, 40 * at))
    first, second, third = (
        made_backup(tmp_path, f"20260101T00000{number}Z-full", at, timeline=timeline)
        for number, at, timeline in ((1, "0/4000028", 1), (2, "0/6000028", 1), (3, "0/5000200", 2))
    )
    later, earlier = (datetime.fromtimestamp(seconds, UTC) for seconds in (130, 70))
    assert [branch(archive, backup, None) for backup in (first, second, third)] == [TWO, ONE, TWO]
    assert [branch(archive, first, at) for at in (later, earlier)] == [TWO, ONE]
    assert [is_given_up(archive, second, at) for at in (None, later, earlier)] == [True, True, False]
    assert [is_given_up(archive, third, at) for at in (None, later, earlier)] == [False, False, True]
    (archive / "00000002.history.gz").write_bytes(b"?")
    with pytest.raises(BackupError, match=r"archived WAL is damaged: .*00000002\.history\.gz can't be read"):
        branch(archive, first, None)


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
