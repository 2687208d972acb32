"""Removes backups that are no longer kept, and WAL that no kept one needs."""

from pathlib import Path

from api.backups.folder import Backup, chain, locked, read_backups, remove
from api.backups.programs import run_program
from api.postgres.archiving import wal_folder


def keep_last(folder: Path, number: int) -> list[Backup]:
    """Keep the last backups, and those that they rest on; returns what was removed.

    Raises:
        BackupError: the folder can't be used.

    """
    with locked(folder):
        backups = read_backups(folder)
        kept = {each for last in backups[-number:] for each in ([last] if last.kind == "dump" else chain(last))}
        removed = [backup for backup in backups if backup not in kept]
        # The last first, so that what is left if this is cut off is still whole.
        for backup in reversed(removed):
            remove(backup)
        _remove_wal(folder, [backup for backup in kept if backup.kind != "dump"])
    return removed


def _remove_wal(folder: Path, kept: list[Backup]) -> None:
    """Remove archived WAL from before the first kept backup of its cluster."""
    for backup in {backup.identifier(): backup for backup in sorted(kept, reverse=True)}.values():
        archived = wal_folder(folder, backup.identifier())
        if archived.is_dir():
            run_program("pg_archivecleanup", "--strip-extension=.gz", archived, backup.first_segment())
