"""Which backups count, which need which, who may write to their folder, and what is kept."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.backups.folder import Backup, BackupError, chain, locked, read_backups, write_backup
from api.backups.retention import keep_last
from tests.backups.made import made_backup, made_wal, segment

FULL = "20260101T000000Z-full"
SECOND = "20260102T000000Z-incremental"
THIRD = "20260103T000000Z-incremental"
OTHER = "20260102T120000Z-incremental"
LATER = "20260108T000000Z-full"


def names(backups: list[Backup]) -> list[str]:
    return [backup.path.name for backup in backups]


def test_only_a_finished_backup_counts(tmp_path: Path) -> None:
    """One that was killed is removed by the next."""
    (tmp_path / "20260101T000000Z-other").mkdir()
    (tmp_path / FULL).touch()
    left = tmp_path / ".unfinished-incremental"
    left.mkdir()
    (left / "file").touch()

    def fail(_: Path) -> None:
        raise KeyError

    def write(unfinished: Path) -> None:
        assert not left.exists()
        (unfinished / "file").touch()
        assert unfinished not in {backup.path for backup in read_backups(tmp_path)}

    with pytest.raises(KeyError):
        write_backup(tmp_path, "full", fail)
    begun = datetime.now(UTC)
    first, second = (write_backup(tmp_path, "full", write) for _ in range(2))
    assert begun < first.finished < second.finished <= datetime.now(UTC) + timedelta(seconds=1)
    assert read_backups(tmp_path) == [first, second]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_an_incremental_backup_needs_all_up_to_a_full_one(tmp_path: Path) -> None:
    for name in (FULL, SECOND, THIRD, LATER):
        made_backup(tmp_path, name)
    other = made_backup(tmp_path, OTHER, cluster=1)
    found = {backup.path.name: names(chain(backup)) for backup in read_backups(tmp_path) if backup != other}
    assert found == {FULL: [FULL], SECOND: [FULL, SECOND], THIRD: [FULL, SECOND, THIRD], LATER: [LATER]}
    with pytest.raises(BackupError, match="rests on is gone"):
        chain(other)


def test_two_at_once(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(BackupError, match="another backup or restore works with"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass
    with pytest.raises(BackupError, match="No such file"), locked(tmp_path / "absent"):
        pass
    (tmp_path / "file").touch()
    with pytest.raises(BackupError, match=r"can't use .*below: Not a directory"), locked(tmp_path):
        (tmp_path / "file" / "below").mkdir()


@pytest.mark.parametrize(
    ("number", "kept", "wal"),
    [
        (1, [LATER], [9, 10]),
        (2, [FULL, SECOND, THIRD, LATER], [2, 3, 9, 10]),
        (9, [FULL, SECOND, THIRD, LATER], [2, 3, 9, 10]),
    ],
)
def test_what_is_kept(tmp_path: Path, number: int, kept: list[str], wal: list[int]) -> None:
    """The last ones and what they rest on, and the WAL from the first of these on."""
    for name in (FULL, SECOND, THIRD):
        made_backup(tmp_path, name)
    made_backup(tmp_path, LATER, "0/9000028")
    archive = made_wal(tmp_path, *(segment(each) for each in (1, 2, 3, 9, 10)))
    removed = keep_last(tmp_path, number)
    assert names(read_backups(tmp_path)) == kept
    assert names(removed) == [name for name in (FULL, SECOND, THIRD, LATER) if name not in kept]
    assert sorted(path.name for path in archive.iterdir()) == [f"{segment(each)}.gz" for each in wal]


def test_a_manifest_that_is_no_json(tmp_path: Path) -> None:
    backup = made_backup(tmp_path, FULL)
    (backup.path / "backup_manifest").write_text("{")
    with pytest.raises(BackupError, match=f"{FULL} is damaged: its backup_manifest"):
        backup.identifier()
