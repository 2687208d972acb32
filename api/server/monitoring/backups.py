"""What the parent says of backups."""

from math import inf

from api.backup_age import read_backup_ages
from api.metrics import Labels, Reading
from api.settings import Settings


def backup_readings(settings: Settings) -> list[Reading]:
    """Readings of the backups in BACKUP_DIR, if that is set."""
    if settings.backup_dir is None:
        return []

    def ages() -> dict[Labels, float]:
        found = read_backup_ages(settings.backup_dir, settings.data_dir)
        named = {
            "backup": inf if found.backup is None else found.backup,
            "archived_wal": found.wal,
            "waiting_wal": found.waiting,
        }
        return {(name,): age for name, age in named.items() if age is not None}

    return [
        Reading(
            "nestwerk_backup_age_seconds",
            "Ages of the last backup (infinite without any), of the last WAL that was archived, and of the oldest that "
            "waits for that.",
            ("of",),
            ages,
        )
    ]
