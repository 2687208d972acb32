"""Remove what has expired.

It's what the service removes now and then by itself: sessions, devices, drained limits of attempts, old suggestions
and audit events, mails that could not be sent, links of mails that have ended, and second factors that nobody went on
to add.
"""

import argparse
from typing import Any

import psycopg

from api.auth.cleaning import REMOVALS
from api.database.queries import STATEMENTS
from api.postgres.databases import service_database
from api.settings import Settings
from api.terminal import say


def run(_options: argparse.Namespace, settings: Settings) -> int:
    """Remove step by step, each in a transaction of its own, and say how many rows that were."""
    with service_database(settings) as dsn, psycopg.connect(dsn, autocommit=True) as connection:
        for name in REMOVALS:
            say(f"{name.removeprefix('remove_').replace('_', ' '):<21}{_remove_all(connection, name):>9,} removed")
    return 0


def _remove_all(connection: psycopg.Connection[Any], name: str) -> int:
    removed = 0
    while step := connection.execute(STATEMENTS[name].text.encode()).fetchall()[0][0]:
        removed += step
    return removed
