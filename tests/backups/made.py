"""Folders that look like backups and archived WAL."""

import gzip
import json
from pathlib import Path

from api.backups.folder import Backup, backup_at
from api.postgres.archiving import wal_folder

CLUSTER = 7_000_000_000_000_000_001


def made_backup(folder: Path, name: str, start: str = "0/2000028", *, cluster: int = CLUSTER) -> Backup:
    """A base backup with nothing in it."""
    path = folder / name
    path.mkdir()
    ranges = [{"Timeline": 1, "Start-LSN": start, "End-LSN": start}]
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


def segment(number: int, timeline: int = 1) -> str:
    return f"{timeline:08X}{number >> 8:08X}{number & 0xFF:08X}"
