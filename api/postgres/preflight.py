"""Checks before anything starts that the service can use a database."""

from collections.abc import Iterator
from typing import Any, Final

import psycopg

from api.command_error import CommandError
from api.migrations.scripts import reason
from api.postgres.log_settings import LOG_SETTINGS, OTHERS_CHECKED
from api.postgres.transport import transport_remark

MINIMUM_VERSION: Final = 18


class PreflightError(CommandError):
    """The database can't be used; the message says why in one line, without a password."""


def preflight(dsn: str) -> list[str]:
    """Connect once and check what the service relies on; returns what should be otherwise, a line each.

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
        if connection.info.get_parameters().get("sslrootcert") == "system":
            raise PreflightError(
                "sslrootcert=system is not known to the service: give it a file, as /etc/ssl/certs/ca-certificates.crt"
            )
        return [*_remarks(connection)]


def _remarks(connection: psycopg.Connection[Any]) -> Iterator[str]:
    if remark := transport_remark(connection):
        yield remark
    wanted = {**LOG_SETTINGS, **OTHERS_CHECKED}
    # Null is the setting of a module that isn't loaded.
    names = "select name, current_setting(name, true) from unnest(%s::text[]) as wanted (name)"
    found = [(name, value) for name, value in connection.execute(names, [[*wanted]]) if value is not None]
    if wrong := [f"{name} = {value}" for name, value in found if value != wanted[name]]:
        yield (
            f"PostgreSQL may log what clients send, by the settings of this role: {', '.join(wrong)}; "
            "connect as nestwerk_service, after sql/roles.sql was run on the database"
        )
