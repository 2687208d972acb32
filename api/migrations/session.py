"""Settings of the session that migrations run in."""

from collections.abc import Mapping
from typing import Any, Final

import psycopg

# What follows `set NAME =`, as SQL.
Settings = Mapping[str, str]

# The schema that everything is in. A role's own search path may begin elsewhere, and so make a second schema; and a
# temporary table of the same name would come first, unless these are named last.
SEARCH_PATH: Final = "public, pg_temp"
# In PostgreSQL's notation.
LOCK_TIMEOUT: Final = "5s"
STATEMENT_TIMEOUT: Final = "10min"
# For an index or a partition, concurrently: it waits for all older transactions, but blocks nobody.
NO_TIMEOUTS: Final[Settings] = {"lock_timeout": "0", "statement_timeout": "0"}
# For a block that commits each of its batches: it's one statement, however many they are.
NO_STATEMENT_TIMEOUT: Final[Settings] = {"statement_timeout": "0"}


def session_settings(lock_timeout: str = LOCK_TIMEOUT, statement_timeout: str = STATEMENT_TIMEOUT) -> Settings:
    """Settings between files, of timeouts in PostgreSQL's notation."""
    return {
        "search_path": SEARCH_PATH,
        "lock_timeout": f"'{lock_timeout}'",
        "statement_timeout": f"'{statement_timeout}'",
        # PostgreSQL ends a statement soon after the process that waits for it is killed.
        "client_connection_check_interval": "'500ms'",
    }


def reset_statements(settings: Settings) -> str:
    """SQL that undoes what a file leaves in its session, then applies these settings.

    It's what `discard all` does, which can't be in a transaction, without giving up the lock on migrations.
    """
    return (
        "reset session authorization; reset role; reset all; close all; deallocate all; unlisten *; discard temp; "
        f"discard sequences; {set_statements(settings)}"
    )


def set_statements(settings: Settings) -> str:
    """SQL that changes settings of a session."""
    return " ".join(f"set {name} = {value};" for name, value in settings.items())


def reset_session(connection: psycopg.Connection[Any], settings: Settings) -> None:
    """Undo what was left in a session, then apply these settings."""
    connection.execute(reset_statements(settings).encode())
