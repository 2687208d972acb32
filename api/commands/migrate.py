"""Apply the migrations that are pending."""

import argparse

from api.migrations import migrate, print_migrations, status
from api.migrations.progress import PATIENCE, say_applied, say_waiting
from api.postgres.databases import service_database
from api.postgres.roles import make_roles
from api.postgres.server_checks import check_server
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--to", metavar="MIGRATION", help="number or name of the last one to apply")
    parser.add_argument("--dry-run", action="store_true", help="only print the SQL, marks included, as psql can run it")


def run(options: argparse.Namespace, settings: Settings) -> int:
    nothing = f"nothing to apply: {'the schema is current' if options.to is None else f'{options.to} is reached'}"
    with service_database(settings) as dsn:
        check_server(dsn)
        if options.dry_run:
            if not print_migrations(dsn, say, to=options.to):
                say(f"-- {nothing}")
            return 0
        applied = migrate(dsn, to=options.to, report=say_applied, waiting=say_waiting, patience=PATIENCE)
        if applied and options.to is None and settings.database_url is None:
            # Nobody else grants there what the release needs that `just reload` brings.
            make_roles(dsn)
        unknown = [entry.id for entry in status(dsn) if entry.state == "missing"]
    if unknown:
        say(f"the database has migrations that this tree doesn't know: {', '.join(unknown)}")
    elif not applied:
        say(nothing)
    return 0
