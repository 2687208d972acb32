"""Creates the roles of sql/roles.sql."""

import psycopg

from api.migrations.scripts import run_script
from api.paths import ROLES


def make_roles(dsn: str) -> None:
    """Run sql/roles.sql, which may be run any number of times.

    Raises:
        ScriptError: the user of `dsn` is no superuser, the schema isn't migrated, or the file is wrong.
        psycopg.Error: the database can't be reached.

    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        run_script(connection, ROLES, ROLES.read_text("utf-8"))
