"""Databases to rehearse on."""

from pathlib import Path

from api.checks.releases.release import Release, write_migrations
from api.migrations import migrate


def prepared(dsn: str, release: Release, stage: Path) -> str:
    """Migrate a database to a release; returns its URL."""
    stage.mkdir()
    write_migrations(stage, release.applied)
    migrate(dsn, directory=stage)
    return dsn
