"""Back up the service's database: the embedded one by PostgreSQL's base backups, that of DATABASE_URL by pg_dump."""

import argparse
import time
from pathlib import Path

from api.backups.dumping import take_dump
from api.backups.folder import BackupError
from api.backups.retention import keep_last
from api.backups.taking import take_base_backup
from api.commands._arguments import positive_number
from api.postgres.databases import service_database
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", type=Path, metavar="DIR", help="where backups are (BACKUP_DIR)")
    parser.add_argument("--full", action="store_true", help="take a full backup, not an incremental one on the last")
    parser.add_argument(
        "--keep", type=positive_number, metavar="N", help="remove all but the last N, and what they need"
    )


def run(options: argparse.Namespace, settings: Settings) -> int:
    folder = options.folder.resolve() if options.folder else settings.backup_dir
    if folder is None:
        raise BackupError("set BACKUP_DIR, or say which folder the backup goes to: just backup DIR")
    begin = time.monotonic()
    with service_database(settings) as dsn:
        if settings.database_url:
            backup = take_dump(dsn, folder)
        else:
            backup = take_base_backup(dsn, folder, full=options.full, say=say)
    size = sum(path.lstat().st_size for path in backup.path.rglob("*"))
    say(f"{backup.path}  {size / 1_000_000:,.1f} MB, verified, in {time.monotonic() - begin:.1f} s")
    for removed in keep_last(folder, options.keep) if options.keep else ():
        say(f"{removed.path}  removed")
    return 0
