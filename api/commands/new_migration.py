"""Start a migration and its rollback.

They are sql/migrations/NNNN_NAME.sql and NNNN_NAME.rollback.sql.
"""

import argparse

from api.migrations import new_migration
from api.paths import ROOT
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="what it does, in snake_case")


def run(options: argparse.Namespace, _settings: Settings) -> int:
    for path in new_migration(options.name):
        say(str(path.relative_to(ROOT)))
    return 0
