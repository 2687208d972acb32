"""Settings of the session that migrations run in."""

from collections.abc import Mapping
from typing import Any, Final

import psycopg

Settings = Mapping[str, str]

# For an index that is created or dropped concurrently: it waits for all older transactions, but blocks nobody.
NO_TIMEOUTS: Final[Settings] = {"lock_timeout": "0", "statement_timeout": "0"}


def reset_session(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """Undo all settings of a session, then apply these."""
    connection.execute("reset session authorization; reset role; reset all")
    apply_settings(connection, settings)


def apply_settings(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """Change settings of a session."""
    for name, value in settings.items():
        connection.execute("select set_config(%s, %s, false)", (name, value))
