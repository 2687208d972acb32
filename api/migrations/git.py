"""Asks git, where it is installed and knows the tree."""

import subprocess
from pathlib import Path

from api.migrations.files import MigrationFile, checksum


def git(folder: Path, *arguments: str) -> bytes | None:
    """Output of git in a folder, or None if it fails or isn't installed."""
    try:
        answer = subprocess.run(["git", "-C", folder, *arguments], capture_output=True, check=False)  # noqa: S603, S607
    except FileNotFoundError:
        return None
    return answer.stdout if answer.returncode == 0 else None


def files_as_applied(file: MigrationFile, applied: str) -> tuple[str, str] | None:
    """The migration and its rollback that have the checksum `applied`, from git's revisions; None if none has it."""
    folder, names = file.path.parent, (file.path.name, file.rollback_path.name)
    for commit in (git(folder, "log", "--full-history", "--format=%H", "--", *names) or b"").decode().split():
        found = [git(folder, "show", f"{commit}:./{name}") for name in names]
        texts = [text.decode(errors="replace").replace("\r\n", "\n") for text in found if text is not None]
        if len(texts) == len(names) and checksum(*texts) == applied:
            return texts[0], texts[1]
    return None
