"""The backups in a folder: what they are called, and which need which."""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal, cast

import msgspec

from api.atomic_write import sync_folder
from api.backup_age import TIME_FORMAT, finished_at
from api.command_error import CommandError

Kind = Literal["full", "incremental", "dump"]

MANIFEST: Final = "backup_manifest"
# Before the names of folders that don't count: one that is being written, and one that is being removed.
_UNFINISHED: Final = ".unfinished-"
_REMOVED: Final = ".removed-"
_SEGMENT_BITS: Final = 24


class BackupError(CommandError):
    """A backup can't be taken or restored; the message says why in one line."""


class _WalRange(msgspec.Struct, frozen=True, rename={"timeline": "Timeline", "start": "Start-LSN", "end": "End-LSN"}):
    timeline: int
    start: str
    end: str


class _Manifest(msgspec.Struct, frozen=True, rename={"identifier": "System-Identifier", "ranges": "WAL-Ranges"}):
    """The parts of pg_basebackup's manifest that matter here."""

    identifier: int
    ranges: list[_WalRange]


class Backup(msgspec.Struct, frozen=True, order=True):
    """A folder with a backup; backups are ordered by when they were finished."""

    finished: datetime
    path: Path

    @property
    def kind(self) -> Kind:
        return cast("Kind", self.path.name.partition("-")[2])

    def identifier(self) -> int:
        """System identifier of its cluster; not of a dump."""
        return self._manifest().identifier

    def first_segment(self) -> str:
        """Name of the first segment of WAL that a recovery from it needs."""
        first = self._manifest().ranges[0]
        return segment_name(first.timeline, segment_number(position(first.start)))

    def end(self) -> tuple[int, int]:
        """Timeline and position in the WAL at which it ends."""
        last = self._manifest().ranges[-1]
        return last.timeline, position(last.end)

    def _manifest(self) -> _Manifest:
        try:
            return msgspec.json.decode((self.path / MANIFEST).read_bytes(), type=_Manifest)
        except (OSError, msgspec.DecodeError):
            raise BackupError(f"{self.path} is damaged: its {MANIFEST} can't be read") from None


def position(text: str) -> int:
    """A position in the WAL, which PostgreSQL writes as two hexadecimal halves."""
    high, low = (int(part, 16) for part in text.split("/"))
    return high << 32 | low


def segment_number(position: int) -> int:
    """Place of a position's segment in the WAL; segments have 16 MB."""
    return position >> _SEGMENT_BITS


def segment_name(timeline: int, number: int) -> str:
    return f"{timeline:08X}{number >> 8:08X}{number & 0xFF:08X}"


def backup_at(path: Path) -> Backup | None:
    """The backup of a folder; None if it's none."""
    finished = finished_at(path.name)
    return Backup(finished, path) if finished and path.is_dir() else None


def read_backups(folder: Path) -> list[Backup]:
    """All finished backups of a folder, the oldest first."""
    return sorted(backup for path in folder.iterdir() if (backup := backup_at(path)))


def chain(backup: Backup) -> list[Backup]:
    """What a restore of a base backup needs: the full one, and the incremental ones up to it.

    Raises:
        BackupError: the full one isn't there.

    """
    needed = [backup]
    for earlier in reversed(read_backups(backup.path.parent)):
        if needed[0].kind == "full":
            break
        if earlier < needed[0] and earlier.kind != "dump" and earlier.identifier() == backup.identifier():
            needed.insert(0, earlier)
    if needed[0].kind != "full":
        raise BackupError(f"{backup.path} is incremental, and the full backup that it rests on is gone")
    return needed


@contextmanager
def locked(folder: Path) -> Iterator[int]:
    """Hold a folder of backups for this process; gives the lock's descriptor, for programs that write to it.

    Raises:
        BackupError: the folder isn't there, another process holds it, or a file in the block can't be used.

    """
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise BackupError(f"can't use the backup folder {folder}: {error.strerror}") from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"another backup or restore works with {folder}: wait until it has ended") from None
        yield lock
    except OSError as error:
        raise BackupError(f"can't use {error.filename or folder}: {error.strerror}") from None
    finally:
        os.close(lock)


def write_backup(folder: Path, kind: Kind, write: Callable[[Path], None]) -> Backup:
    """Have a backup written to an empty folder, which counts only when that has succeeded.

    What earlier ones that were cut off have left is removed; so the folder of backups has to be locked.
    """
    for left in (*folder.glob(f"{_UNFINISHED}*"), *folder.glob(f"{_REMOVED}*")):
        shutil.rmtree(left)
    unfinished = folder / f"{_UNFINISHED}{kind}"
    unfinished.mkdir(mode=0o700)
    try:
        write(unfinished)
        backup = _named(folder, kind)
        unfinished.rename(backup.path)
        sync_folder(folder)
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return backup


def _named(folder: Path, kind: Kind) -> Backup:
    """A backup that is finished now: at the next full second, from which on a moment can be restored."""
    while True:
        finished = (datetime.now(UTC) + timedelta(seconds=1)).replace(microsecond=0)
        path = folder / f"{finished:{TIME_FORMAT}}-{kind}"
        if not path.exists():
            return Backup(finished, path)
        time.sleep(0.05)


def remove(backup: Backup) -> None:
    """Remove a backup; it doesn't count any more from the first moment."""
    removed = backup.path.with_name(f"{_REMOVED}{backup.path.name}")
    backup.path.rename(removed)
    shutil.rmtree(removed)
