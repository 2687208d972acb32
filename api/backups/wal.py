"""Looks through archived WAL before a recovery relies on it."""

import gzip
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from api.backups.folder import Backup, BackupError, position, segment_name, segment_number
from api.backups.programs import run_command
from api.postgres.archiving import system_identifier

_SEGMENT: Final = re.compile(r"([0-9A-F]{8})([0-9A-F]{8})000000([0-9A-F]{2})")
_HISTORY: Final = re.compile(r"[0-9A-F]{8}\.history")
_ENDING: Final = ".gz"
# Files that gzip tests at once.
_AT_ONCE: Final = 1_000


class Timeline(msgspec.Struct, frozen=True):
    """A timeline, and the position at which the next one departs from it; the last one goes on."""

    number: int
    end: int | None


def timeline_at(folder: Path, moment: datetime | None) -> int | None:
    """Timeline that the service was on at a moment, or else is on, whatever else was tried; None if nothing is there.

    The first segment that was archived after a moment is the one that was written then.
    """
    archived = sorted(
        (path.stat().st_mtime, name)
        for path in folder.iterdir()
        if _SEGMENT.fullmatch(name := path.name.removesuffix(_ENDING)) or _HISTORY.fullmatch(name)
    )
    if not archived:
        return None
    later = (name for at, name in archived if moment and at >= moment.timestamp() and _SEGMENT.fullmatch(name))
    return int(next(later, archived[-1][1])[:8], 16)


def branch(folder: Path, backup: Backup, moment: datetime | None) -> list[Timeline]:
    """The timelines that a recovery of a backup follows, the oldest first.

    They lead to where the service is, or was at a moment, unless that was restored from before the backup: then what
    came after the backup was given up, and they lead to its end.

    Raises:
        BackupError: where a timeline departs isn't archived, or is damaged.

    """
    own, _ = backup.end()
    timelines = _history(folder, timeline_at(folder, moment) or own)
    return timelines if leads_to(backup, timelines) else _history(folder, own)


def leads_to(backup: Backup, timelines: Sequence[Timeline]) -> bool:
    """Whether a backup ends on one of the timelines, before the next one departs."""
    timeline, end = backup.end()
    return any(each.number == timeline and (each.end is None or end <= each.end) for each in timelines)


def is_given_up(folder: Path, backup: Backup, moment: datetime | None) -> bool:
    """Whether the service is, or was at a moment, where it was restored to from before the backup."""
    timeline = timeline_at(folder, moment)
    return timeline is not None and not leads_to(backup, _history(folder, timeline))


def _history(folder: Path, timeline: int) -> list[Timeline]:
    """A timeline, and those that it departs from."""
    file = folder / f"{timeline:08X}.history{_ENDING}"
    if timeline == 1:
        return [Timeline(1, None)]
    try:
        lines = gzip.decompress(file.read_bytes()).decode().splitlines()
        parts = [line.split("\t") for line in lines if line.strip() and not line.startswith("#")]
        before = [Timeline(int(number), position(end)) for number, end, *_ in parts]
    except (OSError, EOFError, ValueError) as error:
        raise BackupError(f"archived WAL is damaged: {file} can't be read: {error}") from None
    return [*before, Timeline(timeline, None)]


def check_archived(folder: Path, backup: Backup, timelines: Sequence[Timeline]) -> None:
    """Refuse WAL with a segment missing or damaged, from the end of a backup on.

    Raises:
        BackupError: the segment is named.

    """
    _, end = backup.end()
    segments = [folder / f"{name}{_ENDING}" for name in _wanted(folder, segment_number(end), timelines)]
    for segment in segments:
        if not segment.exists():
            raise BackupError(
                f"the WAL in {folder} has a gap: {segment.name} is missing, and what came after it can't be restored; "
                "restore to a moment before it with --to, or a later backup; without that folder, this one alone"
            )
    for begin in range(0, len(segments), _AT_ONCE):
        _test(segments[begin : begin + _AT_ONCE])


def _wanted(folder: Path, first: int, timelines: Sequence[Timeline]) -> Iterator[str]:
    """Names of the segments from a number on; the one in which a timeline departs is archived with that timeline."""
    last = timelines[-1].number
    archived = [path.name for path in folder.glob(f"{last:08X}*{_ENDING}")]
    numbers = [_number(name) for name in archived if _SEGMENT.fullmatch(name.removesuffix(_ENDING))]
    begin = first
    for timeline in timelines:
        end = max(numbers, default=-1) + 1 if timeline.end is None else segment_number(timeline.end)
        for number in range(begin, end):
            yield segment_name(timeline.number, number)
        begin = max(begin, end)


def unarchived(cluster: Path, identifier: int, folder: Path) -> list[Path]:
    """Segments of a cluster that aren't in the archive, as after a crash; none if it's another cluster, or gone."""
    if not (cluster / "global" / "pg_control").exists() or system_identifier(cluster) != identifier:
        return []
    return [
        path
        for path in (cluster / "pg_wal").iterdir()
        if _SEGMENT.fullmatch(path.name) and not (folder / f"{path.name}{_ENDING}").exists()
    ]


def remove_left_timelines(cluster: Path) -> None:
    """Remove segments of timelines that a stopped cluster, which was recovered, has left.

    PostgreSQL begins to summarize WAL on the oldest timeline of which it has a segment, at each start. Once the first
    segment of the next one is gone it never gets on: no backup is incremental any more, and WAL is kept for ever.
    """
    timeline = max(path.name for path in (cluster / "pg_wal").glob("*.history"))[:8]
    for path in (cluster / "pg_wal").iterdir():
        if _SEGMENT.fullmatch(path.name) and path.name[:8] < timeline:
            path.unlink()


def _number(name: str) -> int:
    """Place of a segment in its timeline; segments have 16 MB."""
    return int(name[8:16], 16) * 256 + int(name[16:24], 16)


def _test(segments: Sequence[Path]) -> None:
    try:
        run_command(["gzip", "--test", *segments])
    except BackupError as error:
        raise BackupError(f"archived WAL is damaged: {error}") from None
