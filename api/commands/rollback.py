"""Take the last migration back.

On another server than the embedded one somebody has to agree to what is lost.
"""

import argparse

from api.commands._consent import ask_consent
from api.migrations import find_last, rollback
from api.migrations.progress import PATIENCE, say_waiting
from api.postgres.databases import service_database
from api.postgres.programs import name_database
from api.postgres.server_checks import check_server
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="don't ask")


def run(options: argparse.Namespace, settings: Settings) -> int:
    with service_database(settings) as dsn:
        check_server(dsn)
        last = find_last(dsn)
        if settings.database_url is not None:
            ask_consent(f"in {name_database(dsn)}: {last.loss.rstrip('.')}", yes=options.yes)
        taken = rollback(dsn, expected=last.id, waiting=say_waiting, patience=PATIENCE)
    say(f"{taken.id}  taken back in {taken.seconds * 1000:.0f} ms")
    return 0
