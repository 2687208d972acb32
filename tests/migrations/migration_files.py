"""Helpers to write migrations and apply them."""

import subprocess
import sys
from pathlib import Path

from api.paths import ROOT
from api.postgres.programs import find_binary

CREATE = "create table {name} (id bigint);\n"
DROP = "drop table {name};\n"


class Folder:
    """A folder of migrations."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, id: str, apply: str | None = None, rollback: str | None = None) -> None:
        """Write a migration; by default it creates a table named like the migration without its number."""
        name = id[5:]
        (self.path / f"{id}.sql").write_text(CREATE.format(name=name) if apply is None else apply)
        (self.path / f"{id}.rollback.sql").write_text(DROP.format(name=name) if rollback is None else rollback)

    def edit(self, name: str) -> None:
        """Add a comment to a file."""
        path = self.path / name
        path.write_text(f"{path.read_text()}-- and more\n")


def migrating(dsn: str, folder: Folder) -> subprocess.Popen[str]:
    """A process that applies the migrations of a folder like `just migrate`."""
    code = (
        "import sys; from pathlib import Path; from api.migrations import migrate, MigrationError\n"
        "try: print(*[each.id for each in migrate(sys.argv[1], directory=Path(sys.argv[2]))])\n"
        "except MigrationError as error: sys.exit(str(error))"
    )
    command = [sys.executable, "-c", code, dsn, str(folder.path)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def dump(dsn: str) -> str:
    """Dump of a database, with its data."""
    command = [str(find_binary("pg_dump")), "--restrict-key=same", dsn]
    answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return answer.stdout
