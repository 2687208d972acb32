"""The conventions of the schema, sql/conventions.sql, held against the catalog of a migrated database."""

import re
from pathlib import Path
from typing import Any, Final

import psycopg

_FILE: Final = Path(__file__).parents[3] / "sql" / "conventions.sql"


def conventions() -> list[str]:
    """What the schema is held against, in words: each part of the statement begins with one."""
    return [name.replace("''", "'") for name in re.findall("^select '(.+)'", _FILE.read_text("utf-8"), re.MULTILINE)]


def check_conventions(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """What breaks a convention: its name, and the fault with what would be right. The database is only read."""
    rows = connection.execute(_FILE.read_bytes())
    return [(convention, f"{subject}: {wanted}") for convention, subject, wanted in rows]
