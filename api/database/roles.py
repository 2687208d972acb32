"""The roles of sql/roles.sql, made by the embedded server as a DBA would."""

from pathlib import Path
from typing import Final

import psycopg

ROLES: Final = Path(__file__).parents[2] / "sql" / "roles.sql"


def make_roles(dsn: str) -> None:
    """Run sql/roles.sql; any number of times.

    Raises:
        psycopg.Error: the user of `dsn` is no superuser, or the schema isn't migrated.

    """
    with psycopg.connect(dsn) as connection:
        connection.execute(ROLES.read_bytes())
