"""A working tree with the service's SQL, and releases in git."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

from api.checks.releases.release import MIGRATIONS, Release, find_release
from api.migrations import read_migrations
from api.paths import SQL
from tests.migrations.migration_files import Folder

LAST: Final = len(read_migrations())


class Tree:
    """A working tree with the service's SQL, to which migrations can be added."""

    def __init__(self, root: Path) -> None:
        self.root = root
        shutil.copytree(SQL, root / "sql")
        self._folder = Folder(root / MIGRATIONS)
        self._count = LAST

    def add(self, name: str, apply: str, rollback: str = "select 1;") -> str:
        self._count += 1
        id = f"{self._count:04}_{name}"
        self._folder.add(id, apply, rollback)
        return id

    def edit(self, id: str) -> None:
        self._folder.edit(f"{id}.sql")

    def release(self, given: str | None = f"{LAST}") -> Release:
        return find_release(given, self.root)

    def git(self, *arguments: str) -> None:
        identity = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True)

    def tag(self, name: str) -> None:
        if not (self.root / ".git").exists():
            self.git("init")
        self.git("add", ".")
        self.git("commit", "-m", name, "--allow-empty")
        self.git("tag", name)
