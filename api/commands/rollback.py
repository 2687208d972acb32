"""Take the last migration back."""

import argparse

from api.migrations import rollback
from api.migrations.progress import say_waiting
from api.postgres.databases import service_database
from api.postgres.server_checks import check_server
from api.settings import Settings
from api.terminal import say


def run(_options: argparse.Namespace, settings: Settings) -> int:
    with service_database(settings) as dsn:
        check_server(dsn)
        taken = rollback(dsn, waiting=say_waiting)
    say(f"{taken.id}  taken back in {taken.seconds * 1000:.0f} ms")
    return 0
