"""Looks through archived WAL before a recovery relies on it."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from api.backups.folder import BackupError
from api.backups.programs import run_command
from api.postgres.archiving import system_identifier

_SEGMENT: Final = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})000000([0-9A-F]{2})")
_ENDING: Final = ".gz"
# Files that gzip tests at once.
_AT_ONCE: Final = 1_000


def current_timeline(folder: Path) -> int | None:
    """Timeline that was archived last, which the service is on whatever else was tried; None if nothing was."""
    segments = [path for path in folder.iterdir() if _SEGMENT.fullmatch(path.name.removesuffix(_ENDING))]
    if not segments:
        return None
    return int(max(segments, key=lambda path: path.stat().st_mtime).name[:8], 16)


def check_archived(folder: Path, first: str) -> None:
    """Refuse WAL with a segment missing or damaged, from the segment `first` on.

    Raises:
        BackupError: the segment is named.

    """
    segments = sorted(
        path for path in folder.iterdir() if _is_segment(path) and path.name[8:] >= f"{first[8:]}{_ENDING}"
    )
    numbers = sorted({_number(path.name) for path in segments})
    wanted = range(_number(first), numbers[-1] + 1) if numbers else ()
    for number in wanted:
        if number not in numbers:
            name = f"{number >> 8:08X}000000{number & 0xFF:02X}"
            raise BackupError(
                f"the WAL in {folder} has a gap: …{name} is missing, and what came after it can't be restored; "
                "restore to a moment before it with --to, or a later backup; without that folder, this one alone"
            )
    for begin in range(0, len(segments), _AT_ONCE):
        _test(segments[begin : begin + _AT_ONCE])


def unarchived(cluster: Path, identifier: int, folder: Path) -> list[Path]:
    """Segments of a cluster that aren't in the archive, as after a crash; none if it's another cluster, or gone."""
    if not (cluster / "global" / "pg_control").exists() or system_identifier(cluster) != identifier:
        return []
    return [
        path
        for path in (cluster / "pg_wal").iterdir()
        if _SEGMENT.fullmatch(path.name) and not (folder / f"{path.name}{_ENDING}").exists()
    ]


def _is_segment(path: Path) -> bool:
    return path.name.endswith(_ENDING) and _SEGMENT.fullmatch(path.name.removesuffix(_ENDING)) is not None


def _number(name: str) -> int:
    """Place of a segment in its timeline; segments have 16 MB."""
    return int(name[8:16], 16) * 256 + int(name[16:24], 16)


def _test(segments: Sequence[Path]) -> None:
    try:
        run_command(["gzip", "--test", *segments])
    except BackupError as error:
        raise BackupError(f"archived WAL is damaged: {error}") from None
