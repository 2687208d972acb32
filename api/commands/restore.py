"""Restore a backup: into a new folder beside the cluster, which it then replaces; the old one is kept."""

import argparse
import time
from datetime import UTC, datetime
from pathlib import Path

from api.backups.folder import Backup, BackupError, backup_at, read_backups
from api.backups.loading import restore_dump
from api.backups.restoring import can_lead_on, restore_base_backup
from api.postgres.databases import service_database
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("backup", help="folder of the backup, its name in BACKUP_DIR, or `last`")
    parser.add_argument("--data-only", action="store_true", help="fill a migrated database with the rows of a dump")
    parser.add_argument("--to", type=_moment, metavar="MOMENT", help="as 2026-11-26T02:00+01:00; UTC without an offset")


def run(options: argparse.Namespace, settings: Settings) -> int:
    backup = _find(options.backup, settings, options.to)
    if backup.kind == "dump":
        if options.to:
            raise BackupError(f"{backup.path} is a dump, which holds one moment only: leave out --to")
        return _load(backup, settings, data_only=options.data_only)
    if options.data_only:
        raise BackupError(f"{backup.path} is of a whole cluster: --data-only is for dumps")
    if settings.database_url:
        raise BackupError(f"{backup.path} is of an embedded server: it can't be restored into that of DATABASE_URL")
    return _replace(backup, options.to, settings)


def _load(backup: Backup, settings: Settings, *, data_only: bool) -> int:
    begin = time.monotonic()
    with service_database(settings) as dsn:
        tables = restore_dump(backup, dsn, data_only=data_only)
    for name, table in tables.items():
        say(f"{name:<24}{table.rows:>12,} rows, as dumped")
    say(f"restored in {time.monotonic() - begin:.1f} s; all sessions are ended; now run sql/roles.sql")
    return 0


def _replace(backup: Backup, moment: datetime | None, settings: Settings) -> int:
    begin = time.monotonic()
    restored = restore_base_backup(backup, settings.data_dir, backup_dir=settings.backup_dir, moment=moment, say=say)
    if restored.kept:
        say(f"the cluster of before is kept: {restored.kept}")
    last = f"; its last change is of {restored.last:%Y-%m-%d %H:%M:%S} UTC" if restored.last else ""
    say(f"restored in {time.monotonic() - begin:.1f} s{last}; all sessions are ended")
    return 0


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no moment like 2026-11-26T02:00:00+01:00") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > datetime.now(UTC):
        raise argparse.ArgumentTypeError(f"{moment} is yet to come")
    return moment


def _find(given: str, settings: Settings, moment: datetime | None) -> Backup:
    """The backup that is meant; the last one is of the kind that fits the database, and from before the moment."""
    backup_dir = settings.backup_dir
    if given == "last" and backup_dir:
        for backup in reversed(read_backups(backup_dir)):
            fits = (backup.kind == "dump") == bool(settings.database_url) and not (moment and backup.finished > moment)
            if fits and (backup.kind == "dump" or can_lead_on(backup, backup_dir, moment)):
                return backup
        raise BackupError(f"{backup_dir} has no backup that fits" + (f" from before {moment}" if moment else ""))
    for path in (Path(given), *([backup_dir / given] if backup_dir else ())):
        if found := backup_at(path.resolve()):
            return found
    raise BackupError(f"{given} is no folder of a backup")
