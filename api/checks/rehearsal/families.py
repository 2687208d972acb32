"""Fills the copy with families, and chooses those that clients call for."""

import io
from pathlib import Path
from typing import Final

import psycopg

from api.app import load_facts
from api.checks.families import some_families
from api.checks.rehearsal.rehearsal_error import RehearsalError
from api.checks.releases.release import Release
from api.facts import Family
from api.migrations import migrate, rollback
from api.migrations.scripts import reason
from api.seed.copying import add_families

# Most families that clients call for.
_CALLING: Final = 2000


def seed_copy(dsn: str, release: Release, migrations: Path, families: int) -> str | None:
    """Add families to a database with the release's schema.

    If the working tree's seed doesn't fit that schema, the pending migrations are applied first and rolled back after;
    the error of the misfit is returned. `migrations` is the folder of all migrations.

    Raises:
        RehearsalError: the seed doesn't fit the newest schema either.
        MigrationError: a migration can't be applied to the empty schema, or can't be rolled back.

    """
    misfit = None
    try:
        _seed(dsn, families)
    except psycopg.Error as error:
        misfit = reason(error)
        migrate(dsn, directory=migrations)
        try:
            _seed(dsn, families)
        except psycopg.Error as newest:
            raise RehearsalError(
                f"`just seed` fits neither {release.name}: {misfit}, nor the newest schema: {reason(newest)}"
            ) from newest
        for _ in release.pending:
            rollback(dsn, directory=migrations)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute("vacuum (analyze)")
    return misfit


def sample_families(dsn: str) -> list[Family]:
    """Random families of the database."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        return some_families(connection, load_facts().tables, _CALLING)


def _seed(dsn: str, families: int) -> None:
    with psycopg.connect(dsn) as connection:
        add_families(connection, families, families, io.StringIO())
