"""Creates the roles of sql/roles.sql."""

from pathlib import Path

import psycopg

from api.migrations.scripts import run_script
from api.paths import ROLES


def make_roles(dsn: str, path: Path = ROLES) -> list[str]:
    """Run sql/roles.sql, that of this tree or at another path, which may be run any number of times.

    Returns its notices, which name what it leaves to others, and PostgreSQL's warnings.

    Raises:
        ScriptError: the user of `dsn` is no superuser, the schema isn't migrated, or the file is wrong.
        psycopg.Error: the database can't be reached.

    """
    notices: list[str] = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.add_notice_handler(lambda notice: notices.append(str(notice.message_primary)))
        run_script(connection, path, path.read_text("utf-8"))
    return notices
