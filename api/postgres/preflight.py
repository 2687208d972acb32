"""Checks before anything starts that the service can use a database."""

from typing import Final

import psycopg

from api.command_error import CommandError
from api.migrations.scripts import reason

MINIMUM_VERSION: Final = 18


class PreflightError(CommandError):
    """The database can't be used; the message says why in one line, without a password."""


def preflight(dsn: str) -> None:
    """Connect once and check what the service relies on.

    Raises:
        PreflightError: PostgreSQL can't be reached, refuses the user, lacks the database, is too old, has another
            encoding than UTF8 or lacks pgvector.

    """
    try:
        connection = psycopg.connect(dsn, connect_timeout=5)
    except psycopg.Error as error:
        raise PreflightError(f"can't connect to PostgreSQL: {reason(error)}") from None
    with connection:
        version = connection.info.server_version // 10_000
        if version < MINIMUM_VERSION:
            raise PreflightError(f"PostgreSQL {MINIMUM_VERSION} or later is needed, and this is PostgreSQL {version}")
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise PreflightError(f"the database's encoding has to be UTF8, and it is {encoding}")
        vector = connection.execute("select from pg_available_extensions where name = 'vector'").fetchone()
        if vector is None:
            raise PreflightError("the extension vector (pgvector) is not available on this server: install it there")
