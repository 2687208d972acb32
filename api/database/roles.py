"""The roles of sql/roles.sql, made by the embedded server as a DBA would."""

from pathlib import Path
from typing import Final

import psycopg

from api.database.scripts import run_script

ROLES: Final = Path(__file__).parents[2] / "sql" / "roles.sql"


def make_roles(dsn: str) -> None:
    """Run sql/roles.sql; any number of times.

    Raises:
        ScriptError: the user of `dsn` is no superuser, the schema isn't migrated, or the file is wrong.
        psycopg.Error: there's no connection to be had.

    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        run_script(connection, ROLES, ROLES.read_text("utf-8"))
