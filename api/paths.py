"""Paths of the project's files."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
API: Final = ROOT / "api"
COMMANDS: Final = API / "commands"
SQL: Final = ROOT / "sql"
MIGRATIONS: Final = SQL / "migrations"
QUERIES: Final = SQL / "queries"
SUPPORT: Final = SQL / "support"
AFTER_RESTORE: Final = SQL / "after_restore.sql"
ROLES: Final = SQL / "roles.sql"
BESIDE: Final = SQL / "beside.txt"
SCHEMA: Final = SQL / "schema.sql"
CONVENTIONS: Final = SQL / "conventions.sql"
SQL_README: Final = SQL / "README.md"
API_README: Final = API / "README.md"
PLANS: Final = ROOT / "tests" / "plans"
STATISTICS: Final = PLANS / "statistics.sql"


def migration_files(directory: Path = MIGRATIONS) -> list[Path]:
    """The migrations of a folder, in order, without rollbacks."""
    return sorted(path for path in directory.glob("*.sql") if not path.name.endswith(".rollback.sql"))
