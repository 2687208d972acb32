"""The session that migrations run in, and how it is made as it was before a file."""

from collections.abc import Mapping
from typing import Any, Final

import psycopg

Settings = Mapping[str, str]

# An index that is made or dropped concurrently waits for every older transaction, and holds up no reads or writes.
UNHURRIED: Final[Settings] = {"lock_timeout": "0", "statement_timeout": "0"}


def settle(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """Have a session as it was when it began, with these settings: whatever a file has set is gone."""
    connection.execute("reset session authorization; reset role; reset all")
    change(connection, settings)


def change(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """Change settings of a session."""
    for name, value in settings.items():
        connection.execute("select set_config(%s, %s, false)", (name, value))
