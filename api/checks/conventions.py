"""Checks the catalog of a migrated database against the conventions of sql/conventions.sql."""

import re
from typing import Any

import psycopg

from api.migrations.scripts import script_error
from api.paths import CONVENTIONS


def conventions() -> list[str]:
    """The conventions in words; each part of the statement begins with one."""
    return [
        name.replace("''", "'") for name in re.findall("^select '(.+)'", CONVENTIONS.read_text("utf-8"), re.MULTILINE)
    ]


def check_conventions(connection: psycopg.Connection[Any]) -> list[tuple[str, str]]:
    """Breaches of conventions: the convention, and what is wrong with what. The database is only read.

    Raises:
        ScriptError: PostgreSQL refuses the file, or the file would change something.

    """
    text = CONVENTIONS.read_text("utf-8")
    with connection.transaction():
        connection.execute("set transaction read only")
        try:
            rows = connection.execute(text.encode()).fetchall()
        except psycopg.Error as error:
            raise script_error(CONVENTIONS, text, error) from error
    return [(convention, f"{subject}: {fault}") for convention, subject, fault in rows]
