"""A cluster whose WAL is archived, with rows to tell moments apart."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg

from api.backups.folder import Backup
from api.backups.restoring import Restored, restore_base_backup
from api.backups.taking import take_base_backup
from api.postgres.embedded import EmbeddedServer


@contextmanager
def place() -> Iterator[Path]:
    """A folder that PostgreSQL's user may pass, with one for backups."""
    with TemporaryDirectory(prefix="nestwerk-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        (folder / "backups").mkdir(mode=0o711)
        yield folder


class Archived:
    """A server in a place; `said` is what the functions have said."""

    def __init__(self, folder: Path) -> None:
        self.backups = folder / "backups"
        self.server = EmbeddedServer(folder / "data", backup_dir=self.backups)
        self.said: list[str] = []

    def backup(self, *, full: bool = False) -> Backup:
        return take_base_backup(self.server.dsn, self.backups, full=full, say=self.said.append)

    def mark(self, name: str) -> datetime:
        """Add a row; returns a moment after it and before all later ones."""
        with psycopg.connect(self.server.dsn, autocommit=True) as connection:
            connection.execute("create table if not exists marks (name text primary key)")
            connection.execute("insert into marks values (%s)", [name])
            [(at,)] = connection.execute("select clock_timestamp()").fetchall()
        assert isinstance(at, datetime)
        return at.astimezone(UTC)

    def restore(self, backup: Backup, data_dir: Path | None = None, moment: datetime | None = None) -> Restored:
        """Restore in place, or elsewhere as if this cluster's disk was lost."""
        return restore_base_backup(
            backup,
            data_dir or self.server.data_dir,
            backup_dir=self.backups,
            moment=moment,
            say=self.said.append,
        )


def marks(data_dir: Path) -> list[str]:
    """The rows that a data directory's cluster has."""
    with EmbeddedServer(data_dir) as server, psycopg.connect(server.dsn) as connection:
        return [name for (name,) in connection.execute("select name from marks order by name")]


def wait_until(finished: datetime) -> None:
    """Wait for a backup's moment: it's in whole seconds, and what is restored comes after it."""
    time.sleep(max((finished - datetime.now(UTC)).total_seconds(), 0))
