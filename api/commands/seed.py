"""Fill the database with made-up families.

DATA_DIR/sessions.tsv gets tokens for some of them.
"""

import argparse

import psycopg

from api.command_error import CommandError
from api.commands._arguments import positive_number, whole_number
from api.migrations.scripts import reason
from api.postgres.databases import service_database
from api.postgres.programs import name_database
from api.seed.copying import PASSWORD
from api.seed.seeding import analyze, seed
from api.settings import Settings
from api.terminal import warn


class SeedingRefusedError(CommandError):
    """Made-up families would be added to a database that may be somebody's; the message names it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("families", type=positive_number, help="how many families")
    parser.add_argument("--sessions", type=whole_number, default=1000, help="for how many to write a token (1,000)")
    parser.add_argument("--yes", action="store_true", help="also if the database is that of DATABASE_URL")


def run(options: argparse.Namespace, settings: Settings) -> int:
    # All output goes to stderr, as the progress bar does.
    families, sessions = options.families, options.sessions
    if settings.database_url is not None and not options.yes:
        raise SeedingRefusedError(
            f"this adds made-up families to {name_database(settings.database_url)}: if that is meant, add --yes"
        )
    with service_database(settings) as dsn:
        if sessions > families:
            warn(f"--sessions {sessions}: there are tokens for {families} families only, the ones that this adds")
            sessions = families
        path = settings.data_dir / "sessions.tsv"
        replaces = ": this replaces the tokens that it had" if path.exists() else ""
        numbers = seed(dsn, families=families, sessions=sessions, token_path=path)
        warn(f"family-{numbers[0]} to family-{numbers[-1]} can log in with the password {PASSWORD}")
        warn(f"{path} has {sessions} tokens, good for 30 days{replaces}")
        try:
            analyze(dsn)
        except psycopg.Error as error:
            warn(f"left to autovacuum: {reason(error)}")
    return 0
