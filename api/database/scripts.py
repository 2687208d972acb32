"""Files of several statements, run as psql would: migrations and roles."""

from pathlib import Path
from typing import Any

import psycopg
from pglast import split
from pglast.parser import ParseError

from api.command_error import CommandError


class ScriptError(CommandError):
    """A statement of a file failed; the message gives file, line, and what PostgreSQL says."""


def run_script(connection: psycopg.Connection[Any], path: Path, text: str) -> None:
    """Run the statements of a file one by one, in the transaction that there is.

    Raises:
        ScriptError: one failed, or the text is no SQL.

    """
    try:
        places = split(text, only_slices=True)
    except ParseError as error:
        raise ScriptError(f"{path.name}:{line_of(text, error)}: {error.args[0]}") from None
    for place in places:
        try:
            connection.execute(text[place].encode())
        except psycopg.Error as error:
            position = place.start + int(error.diag.statement_position or 1) - 1
            raise ScriptError(f"{path.name}:{line_at(text, position)}: {reason(error)}") from error


def line_at(text: str, position: int) -> int:
    """Line, from 1, of a position, from 0."""
    return text.count("\n", 0, position) + 1


def line_of(text: str, error: ParseError) -> int:
    """Line, from 1, that an error is in."""
    position = error.args[1] if len(error.args) > 1 else None
    return line_at(text, position) if isinstance(position, int) else 1


def reason(error: psycopg.Error) -> str:
    """What PostgreSQL says is wrong, in one line."""
    return error.diag.message_primary or " ".join(str(error).split())
