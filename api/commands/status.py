"""Show how each migration stands.

The exit status is 0 only if all are applied as they are.
"""

import argparse

from api.migrations import status
from api.postgres.databases import service_database
from api.settings import Settings
from api.terminal import say


def run(_options: argparse.Namespace, settings: Settings) -> int:
    """Return 0 only if all are applied as they are."""
    with service_database(settings) as dsn:
        entries = status(dsn)
    width = max(len(entry.id) for entry in entries)
    for entry in entries:
        at = f"{entry.applied_at:%Y-%m-%d %H:%M:%S} UTC" if entry.applied_at else ""
        say(f"{entry.id:<{width}}  {entry.state:<8} {at}".rstrip())
    return 0 if all(entry.state == "applied" for entry in entries) else 1
