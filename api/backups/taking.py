"""Takes base backups of the embedded server's cluster, full or incremental."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import psycopg

from api.backups.folder import MANIFEST, Backup, BackupError, Kind, locked, read_backups, write_backup
from api.backups.programs import run_program

# A chain of incremental backups ends here: a restore reads all of it, and one damaged file spoils what comes after.
FULL_EVERY: Final = timedelta(days=7)
# WAL summaries, which incremental backups need; system identifier and timeline, as they are in a backup's manifest.
_STATE: Final = """
select current_setting('summarize_wal')::boolean, system_identifier, timeline_id
  from pg_control_system(), pg_control_checkpoint()
"""


def take_base_backup(dsn: str, folder: Path, *, full: bool, say: Callable[[str], None]) -> Backup:
    """Take a backup and verify it: an incremental one on the last, unless `full` or the last full one is old.

    `say` is told why a full one is taken where an incremental one was wanted.

    Raises:
        BackupError: it can't be taken; nothing of it is left.
        psycopg.Error: the server can't be reached.

    """
    with psycopg.connect(dsn) as connection:
        [(summarizes, identifier, timeline)] = connection.execute(_STATE).fetchall()
    with locked(folder) as lock:
        try:
            last = None if full or not summarizes else _last(folder, identifier, timeline)
            if last:
                return _take(dsn, folder, "incremental", lock, f"--incremental={last.path / MANIFEST}")
        except BackupError as error:
            say(f"a full backup is taken, as an incremental one can't be: {error}")
        return _take(dsn, folder, "full", lock)


def _last(folder: Path, identifier: int, timeline: int) -> Backup | None:
    """The last backup of a cluster, if the full one that it rests on isn't too old to go on with.

    A cluster that was restored since is on another timeline, and may hold less than that backup.
    """
    own = [each for each in read_backups(folder) if each.kind != "dump" and each.identifier() == identifier]
    fulls = [backup for backup in own if backup.kind == "full"]
    if not fulls or own[-1].end()[0] != timeline:
        return None
    return own[-1] if datetime.now(UTC) - fulls[-1].finished < FULL_EVERY else None


def _take(dsn: str, folder: Path, kind: Kind, lock: int, *options: str) -> Backup:
    def write(unfinished: Path) -> None:
        command = ["pg_basebackup", "-d", dsn, "-D", str(unfinished), "--checkpoint=fast", *options]
        # It holds the lock too: if this process is killed, no other backup is begun while it goes on.
        run_program(*command, keep_open=[lock])
        verify_files(unfinished)

    return write_backup(folder, kind, write)


def verify_files(path: Path) -> None:
    """Compare each file of a base backup with its manifest, and read its WAL.

    Raises:
        BackupError: it's damaged.

    """
    try:
        run_program("pg_verifybackup", "--exit-on-error", "--quiet", path)
    except BackupError as error:
        raise BackupError(f"{path} is damaged: {error}") from None
