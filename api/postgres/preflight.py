"""Whether a database can be served from at all, found out before anything starts."""

from typing import Final

import psycopg

from api.command_error import CommandError
from api.migrations.scripts import reason

LEAST_VERSION: Final = 18


class PreflightError(CommandError):
    """The database can't be used; the message says why in one line and holds no password."""


def preflight(dsn: str) -> None:
    """Connect once and look at what the service takes for granted.

    Raises:
        PreflightError: PostgreSQL is away, refuses the user, lacks the database, is too old or lacks pgvector.

    """
    try:
        connection = psycopg.connect(dsn, connect_timeout=5)
    except psycopg.Error as error:
        raise PreflightError(f"can't connect to PostgreSQL: {reason(error)}") from None
    with connection:
        version = connection.info.server_version // 10_000
        if version < LEAST_VERSION:
            raise PreflightError(f"PostgreSQL {LEAST_VERSION} or later is needed, and this is PostgreSQL {version}")
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise PreflightError(f"the database's encoding has to be UTF8, and it is {encoding}")
        vector = connection.execute("select from pg_available_extensions where name = 'vector'").fetchone()
        if vector is None:
            raise PreflightError("the extension vector (pgvector) is not available on this server: install it there")
