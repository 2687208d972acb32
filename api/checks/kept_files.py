"""Compares generated files with those kept in the tree, and writes them."""

from collections.abc import Mapping
from pathlib import Path

from api.atomic_write import atomic_write
from api.command_error import CommandError
from api.paths import PLANS


class MarkersError(CommandError):
    """A file lacks the lines between which a part of it is made; the message names both."""


def around(path: Path, text: str, begin: str, end: str) -> tuple[str, str]:
    """What stands before and behind the part of a file's text that is made; the lines that enclose it go with these.

    Raises:
        MarkersError: the text doesn't have both lines, in this order.

    """
    before, has_begin, rest = text.partition(begin)
    _, has_end, after = rest.partition(end)
    if not (has_begin and has_end):
        raise MarkersError(
            f"{path}: what is generated stands between the lines {begin.strip()} and {end.strip()}:"
            " they have to be there"
        )
    return before + begin, end + after


def outdated(files: Mapping[Path, str], plans: Path = PLANS) -> list[Path]:
    """Files that differ or are missing, and files in the folder of plans that no query file belongs to."""
    changed = [path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]
    return [*changed, *(path for path in sorted(plans.glob("*.txt")) if path not in files)]


def write(files: Mapping[Path, str], plans: Path = PLANS) -> list[Path]:
    """Bring files up to date, each whole or not at all; returns those written or removed."""
    changed = outdated(files, plans)
    for path in changed:
        if path in files:
            with atomic_write(path, mode=0o666) as file:
                file.write(files[path])
        else:
            path.unlink()
    return changed
