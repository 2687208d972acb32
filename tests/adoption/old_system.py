"""A made-up database of the system before, as Drizzle made its tables, with all that the real one was seen to hold.

Its values have the mark in them, so that tests can look for them where they don't belong. Every tenth family is odd in
one of many ways, the others are as most were: completed, with children and goals in the document alone.
"""

from pathlib import Path
from typing import Final

import psycopg

from tests.auth.former_hashes import former_hash

MARK: Final = "geheim"
PASSWORD: Final = f"{MARK} wachtwoord 1"
HASH: Final = former_hash(PASSWORD)

_SQL: Final = Path(__file__).with_name("old_system.sql")


def make_old_database(dsn: str, families: int) -> None:
    """Fill an empty database with the tables and rows of the system before."""
    text = _SQL.read_text("utf-8").replace(":families", str(families)).replace(":hash", f"'{HASH}'")
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(text.encode())
