"""Reads how old the last backup and the last archived WAL are, by the files in BACKUP_DIR alone."""

import re
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

# A backup is a folder whose name says when it was finished, and of what kind it is.
BACKUP_NAME: Final = re.compile(r"(\d{8}T\d{6}Z)-(full|incremental|dump)")
TIME_FORMAT: Final = "%Y%m%dT%H%M%SZ"
# Folder of BACKUP_DIR with a folder of archived WAL for each cluster, named by its system identifier.
WAL: Final = "wal"


class BackupAges(msgspec.Struct, frozen=True):
    """Ages in seconds: of the last backup, of the last archived WAL, and of the oldest WAL that waits to be archived.

    None stands for no backup, no archived WAL, and nothing that waits.
    """

    backup: float | None
    wal: float | None
    waiting: float | None


def finished_at(name: str) -> datetime | None:
    """When the backup of a folder's name was finished; None if it's no backup."""
    found = BACKUP_NAME.fullmatch(name)
    with suppress(ValueError):
        return datetime.strptime(found[1], TIME_FORMAT).replace(tzinfo=UTC) if found else None
    # Of a month that there isn't.
    return None


def read_backup_ages(backup_dir: Path | None, data_dir: Path) -> BackupAges:
    """Ages of what BACKUP_DIR holds, and of what waits in the embedded server's cluster.

    It reads the names of files, thousands at most, and takes milliseconds. What can't be read counts as absent.
    """
    if backup_dir is None:
        return BackupAges(None, None, None)
    now = time.time()
    finished = [at.timestamp() for name in _names(backup_dir) if (at := finished_at(name))]
    folders = [backup_dir / WAL / name for name in _names(backup_dir / WAL)]
    # The name that is last in order is the newest of a cluster's.
    archived = [folder / max(names) for folder in folders if (names := [n for n in _names(folder) if n[0] != "."])]
    return BackupAges(
        backup=_age(now, max(finished, default=None)),
        wal=_age(now, max(_times(archived), default=None)),
        waiting=waiting_wal_age(data_dir),
    )


def waiting_wal_age(data_dir: Path) -> float | None:
    """Seconds for which the embedded server's oldest WAL has been waiting to be archived; None if none waits."""
    status = data_dir / "postgres" / "pg_wal" / "archive_status"
    waiting = [status / name for name in _names(status) if name.endswith(".ready")]
    return _age(time.time(), min(_times(waiting), default=None))


def _age(now: float, then: float | None) -> float | None:
    return None if then is None else max(now - then, 0.0)


def _names(folder: Path) -> list[str]:
    with suppress(OSError):
        return [path.name for path in folder.iterdir()]
    return []


def _times(paths: list[Path]) -> list[float]:
    """When files were last written; one may have gone meanwhile."""
    found = []
    for path in paths:
        with suppress(OSError):
            found.append(path.stat().st_mtime)
    return found
