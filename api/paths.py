"""Where the project's files are."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
API: Final = ROOT / "api"
COMMANDS: Final = API / "commands"
SQL: Final = ROOT / "sql"
MIGRATIONS: Final = SQL / "migrations"
QUERIES: Final = SQL / "queries"
ROLES: Final = SQL / "roles.sql"
SCHEMA: Final = SQL / "schema.sql"
CONVENTIONS: Final = SQL / "conventions.sql"
SQL_README: Final = SQL / "README.md"
API_README: Final = API / "README.md"
PLANS: Final = ROOT / "tests" / "plans"
STATISTICS: Final = PLANS / "statistics.sql"


def migration_files(directory: Path = MIGRATIONS) -> list[Path]:
    """Migrations of a folder, in order, without their rollbacks."""
    return sorted(path for path in directory.glob("*.sql") if not path.name.endswith(".rollback.sql"))
