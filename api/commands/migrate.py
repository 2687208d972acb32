"""Apply the migrations that are pending."""

import argparse

from api.migrations import migrate, status
from api.migrations.progress import say_applied, say_waiting
from api.postgres.databases import service_database
from api.postgres.server_checks import check_server
from api.settings import Settings
from api.terminal import say


def run(_options: argparse.Namespace, settings: Settings) -> int:
    with service_database(settings) as dsn:
        check_server(dsn)
        applied = migrate(dsn, report=say_applied, waiting=say_waiting)
        unknown = [entry.id for entry in status(dsn) if entry.state == "missing"]
    if unknown:
        say(f"the database has migrations that this tree doesn't know: {', '.join(unknown)}")
    elif not applied:
        say("nothing to apply: the schema is current")
    return 0
