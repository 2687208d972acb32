"""Open psql on the service's database."""

import argparse
import signal
import subprocess

from api.postgres.databases import service_database
from api.postgres.programs import find_client, without_secrets
from api.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    # All options are passed on to psql: no argument begins with this character.
    parser.prefix_chars = "\0"
    parser.add_argument("arguments", nargs="*", help="arguments of psql")


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Run psql; returns its exit status."""
    with service_database(settings) as dsn:
        # Ctrl-C is for psql, which cancels the statement. This is a handler, as psql would inherit SIG_IGN.
        before = signal.signal(signal.SIGINT, lambda *_: None)
        try:
            address, environment = without_secrets(dsn)
            command = [find_client("psql", dsn), address, *options.arguments]
            return subprocess.run(command, check=False, env=environment).returncode  # noqa: S603
        finally:
            signal.signal(signal.SIGINT, before)
