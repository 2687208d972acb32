"""Show how the database differs from sql/schema.sql."""

import argparse

from api.checks.schema import drift
from api.postgres.databases import service_database
from api.settings import Settings
from api.terminal import say


def run(_options: argparse.Namespace, settings: Settings) -> int:
    """Return 0 only if they are the same."""
    with service_database(settings) as dsn:
        difference = drift(dsn)
    say("\n".join(difference) or "no drift: the database is what sql/schema.sql says")
    return int(bool(difference))
