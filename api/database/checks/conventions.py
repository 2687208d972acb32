"""The conventions of the schema, sql/conventions.sql, held against the catalog of a migrated database."""

import re
from pathlib import Path
from typing import Any, Final

import psycopg

from api.database.scripts import failure

_FILE: Final = Path(__file__).parents[3] / "sql" / "conventions.sql"


def conventions() -> list[str]:
    """What the schema is held against, in words: each part of the statement begins with one."""
    return [name.replace("''", "'") for name in re.findall("^select '(.+)'", _FILE.read_text("utf-8"), re.MULTILINE)]


def check_conventions(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """What breaks a convention: its name, and what should be otherwise. The database is only read.

    Raises:
        ScriptError: PostgreSQL doesn't take the file, or it would change something.

    """
    text = _FILE.read_text("utf-8")
    with connection.transaction():
        connection.execute("set transaction read only")
        try:
            rows = connection.execute(text.encode()).fetchall()
        except psycopg.Error as error:
            raise failure(_FILE, text, error) from error
    return [(convention, f"{subject}: {fault}") for convention, subject, fault in rows]
