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
    """Run the statements of a file one by one.

    Raises:
        ScriptError: one failed, or the text is no SQL.

    """
    try:
        places = split(text, only_slices=True)
    except ParseError as error:
        raise ScriptError(f"{path.name}:{why(text, error)}") from None
    for place in places:
        try:
            connection.execute(text[place].encode())
        except psycopg.Error as error:
            raise failure(path, text, error, place.start) from error


def failure(path: Path, text: str, error: psycopg.Error, start: int = 0) -> ScriptError:
    """What is wrong with the statement that begins at a position, from 0, of a file's text."""
    position = start + int(error.diag.statement_position or 1) - 1
    return ScriptError(f"{path.name}:{line_at(text, position)}: {reason(error)}")


def line_at(text: str, position: int) -> int:
    """Line, from 1, of a position, from 0."""
    return text.count("\n", 0, position) + 1


def why(text: str, error: ParseError) -> str:
    """Line, from 1, that is no SQL, and why."""
    message, *position = error.args
    line = line_at(text, position[0]) if position and isinstance(position[0], int) else 1
    # An unterminated string is quoted to the end of the text.
    return f"{line}: {message.partition(chr(10))[0]}"


def reason(error: psycopg.Error) -> str:
    """What PostgreSQL says is wrong, in one line."""
    said = error.diag.message_primary or " ".join(str(error).split())
    # Other details may quote the values of rows; this one names what depends on an object.
    if isinstance(error, psycopg.errors.DependentObjectsStillExist) and error.diag.message_detail:
        return f"{said}: {', '.join(error.diag.message_detail.splitlines())}"
    return said
