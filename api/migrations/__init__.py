"""Migrations: hand-written SQL files, applied by yoyo-migrations under a lock, with checksums and timeouts."""

from api.migrations.files import MigrationError, MigrationFile, read_migrations
from api.migrations.new import new_migration
from api.migrations.runner import (
    Applied,
    find_last,
    migrate,
    print_migrations,
    rollback,
    up_to,
)
from api.migrations.states import MigrationStatus, State, check_current, status

__all__ = [
    "Applied",
    "MigrationError",
    "MigrationFile",
    "MigrationStatus",
    "State",
    "check_current",
    "find_last",
    "migrate",
    "new_migration",
    "print_migrations",
    "read_migrations",
    "rollback",
    "status",
    "up_to",
]
