"""Folders that look like backups and archived WAL."""

import gzip
import json
from pathlib import Path

from api.backups.folder import Backup, backup_at
from api.postgres.archiving import wal_folder

CLUSTER = 7_000_000_000_000_000_001


def made_backup(folder: Path, name: str, at: str = "0/2000028", *, timeline: int = 1, cluster: int = CLUSTER) -> Backup:
    """A base backup with nothing in it."""
    path = folder / name
    path.mkdir()
    ranges = [{"Timeline": timeline, "Start-LSN": at, "End-LSN": at}]
    (path / "backup_manifest").write_text(json.dumps({"System-Identifier": cluster, "WAL-Ranges": ranges}))
    backup = backup_at(path)
    assert backup
    return backup


def made_wal(folder: Path, *names: str) -> Path:
    archive = wal_folder(folder, CLUSTER)
    archive.mkdir(parents=True)
    for name in names:
        (archive / f"{name}.gz").write_bytes(gzip.compress(name.encode() * 100))
    return archive


def made_history(archive: Path, timeline: int, *before: str) -> None:
    """Where a timeline departs from those before it, as PostgreSQL writes it."""
    lines = [f"{number}\t{end}\tno recovery target specified\n\n" for number, end in enumerate(before, 1)]
    (archive / f"{timeline:08X}.history.gz").write_bytes(gzip.compress("".join(lines).encode()))


def segment(number: int, timeline: int = 1) -> str:
    return f"{timeline:08X}{number >> 8:08X}{number & 0xFF:08X}"
