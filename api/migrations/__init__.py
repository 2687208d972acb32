"""Migrations: hand-written SQL files, applied by yoyo-migrations under a lock, with checksums and timeouts."""

from api.migrations.files import MigrationError, MigrationFile, new_migration, read_migrations
from api.migrations.runner import Applied, MigrationStatus, State, check_current, migrate, rollback, status

__all__ = [
    "Applied",
    "MigrationError",
    "MigrationFile",
    "MigrationStatus",
    "State",
    "check_current",
    "migrate",
    "new_migration",
    "read_migrations",
    "rollback",
    "status",
]
