"""Compares generated files with those kept in the tree, and writes them."""

from collections.abc import Mapping
from pathlib import Path

from api.paths import PLANS


def outdated(files: Mapping[Path, str], plans: Path = PLANS) -> list[Path]:
    """Files that differ or are missing, and files in the folder of plans that no query file belongs to."""
    changed = [path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]
    return [*changed, *(path for path in sorted(plans.glob("*.txt")) if path not in files)]


def write(files: Mapping[Path, str], plans: Path = PLANS) -> list[Path]:
    """Bring files up to date; returns those written or removed."""
    changed = outdated(files, plans)
    for path in changed:
        if path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], "utf-8")
        else:
            path.unlink()
    return changed
