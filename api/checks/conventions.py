"""The conventions of the schema, sql/conventions.sql, held against the catalog of a migrated database."""

import re
from typing import Any

import psycopg

from api.migrations.scripts import failure
from api.paths import CONVENTIONS


def conventions() -> list[str]:
    """What the schema is held against, in words: each part of the statement begins with one."""
    return [
        name.replace("''", "'") for name in re.findall("^select '(.+)'", CONVENTIONS.read_text("utf-8"), re.MULTILINE)
    ]


def check_conventions(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """What breaks a convention: its name, and what should be otherwise. The database is only read.

    Raises:
        ScriptError: PostgreSQL doesn't take the file, or it would change something.

    """
    text = CONVENTIONS.read_text("utf-8")
    with connection.transaction():
        connection.execute("set transaction read only")
        try:
            rows = connection.execute(text.encode()).fetchall()
        except psycopg.Error as error:
            raise failure(CONVENTIONS, text, error) from error
    return [(convention, f"{subject}: {fault}") for convention, subject, fault in rows]
