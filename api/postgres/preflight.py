"""Checks before anything starts that the service can use a database."""

from collections.abc import Iterator
from typing import Any

import psycopg

from api.postgres.log_settings import LOG_SETTINGS, OTHERS_CHECKED
from api.postgres.server_checks import PreflightError, check_server, connected
from api.postgres.transport import transport_remark


def preflight(dsn: str, *, writes: bool = True) -> list[str]:
    """Connect and check what the service relies on; returns what should be otherwise, a line each.

    Raises:
        PreflightError: the server can't be used (`check_server`), or the database has another encoding than UTF8 or
            lacks pgvector.

    """
    check_server(dsn, writes=writes)
    with connected(dsn) as connection:
        encoding = connection.info.parameter_status("server_encoding")
        if encoding != "UTF8":
            raise PreflightError(f"the database's encoding has to be UTF8, and it is {encoding}")
        vector = connection.execute("select from pg_available_extensions where name = 'vector'").fetchone()
        if vector is None:
            raise PreflightError("the extension vector (pgvector) is not available on this server: install it there")
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
