"""Mark migrations as applied on a database that has their schema already.

Its schema is held against what the migrations make; rows aren't looked at.
"""

import argparse

from api.checks.schema import differences, dump_schema
from api.commands._consent import ask_consent
from api.migrations import migrate, read_migrations, up_to
from api.migrations.marks import mark_applied
from api.migrations.progress import say_waiting
from api.postgres.databases import drop_records, service_database, temporary_server
from api.postgres.programs import name_database
from api.settings import Settings
from api.terminal import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("migration", help="number or name of the last migration whose schema the database has")
    parser.add_argument("--yes", action="store_true", help="don't ask")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Return 1 if the schema differs; the difference is shown then."""
    files = up_to(read_migrations(), options.migration)
    last = files[-1]
    with service_database(settings) as dsn:
        with temporary_server() as made:
            migrate(made, to=last.id)
            drop_records(made, unless_in=dsn)
            different = differences(f"what the migrations to {last.id} make", dump_schema(made), dump_schema(dsn))
        if different:
            say("\n".join(different))
            say(f"nothing was marked: the database doesn't have the schema of {last.id}")
            return 1
        ask_consent(f"in {name_database(dsn)}: mark 0001 to {last.id} as applied without running them", yes=options.yes)
        mark_applied(dsn, files, waiting=say_waiting)
    say(f"marked as applied: 0001 to {last.id}")
    return 0
