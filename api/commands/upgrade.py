"""Bring the embedded cluster from an older major version of PostgreSQL to this one; the old one is kept."""

import argparse
import time
from pathlib import Path

from api.backups.folder import BackupError
from api.backups.upgrading import upgrade
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("programs", nargs="?", type=Path, metavar="OLD_BIN_DIR", help="the old version's programs")


def run(options: argparse.Namespace, settings: Settings) -> int:
    if settings.database_url:
        raise BackupError("DATABASE_URL is set: its server is upgraded by its own means")
    begin = time.monotonic()
    programs = options.programs.resolve() if options.programs else None
    kept, tables = upgrade(settings.data_dir.resolve(), programs, say=say)
    for name, table in tables.items():
        say(f"{name:<24}{table.rows:>12,} rows, as before")
    say(f"the cluster of before is kept: {kept}")
    say(f"upgraded in {time.monotonic() - begin:.1f} s")
    return 0
