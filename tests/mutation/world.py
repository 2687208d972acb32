"""What a process that tries mutants holds: a cluster, a migrated database, a service that runs, and the checks' data.

It's written as a test, so that pytest makes its fixtures, which the tests that are tried share.
"""

from typing import Any, NamedTuple

import psycopg

from tests.conftest import NewDatabase


class World(NamedTuple):
    """Addresses for a superuser: of the database that the service works on, and of one for the checks alone."""

    service_dsn: str
    template_dsn: str
    checks_dsn: str
    maintenance: psycopg.Connection[Any]


made: list[World] = []


def test_world(
    dsn: str,
    service: str,
    maintenance: psycopg.Connection[Any],
    migrated_copy: NewDatabase,
) -> None:
    checks = migrated_copy("checks")
    made.append(World(dsn, dsn.replace("/nestwerk?", "/migrated?"), checks, maintenance))
