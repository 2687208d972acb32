"""Migrations: hand-written SQL files, applied by yoyo-migrations under a lock, with checksums and timeouts."""

from api.database.migrations.files import MIGRATIONS, MigrationError, MigrationFile, new_migration, read_migrations
from api.database.migrations.runner import Applied, MigrationStatus, State, check_current, migrate, rollback, status

__all__ = [
    "MIGRATIONS",
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
