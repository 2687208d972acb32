"""Runs SQL files of several statements, as psql would: migrations and roles."""

from pathlib import Path
from typing import Any

import psycopg

from api.command_error import CommandError
from api.sql_parser.library import ParseError
from api.sql_parser.parser import parse


class ScriptError(CommandError):
    """A statement of a file failed; the message gives file, line, and PostgreSQL's message."""


def run_script(connection: psycopg.Connection[Any], path: Path, text: str) -> None:
    """Run the statements of a file one by one.

    Raises:
        ScriptError: a statement failed, or the text has a syntax error.

    """
    try:
        statements = parse(text)
    except ParseError as error:
        raise ScriptError(f"{path.name}:{syntax_error(text, error)}") from None
    for statement in statements:
        try:
            connection.execute(text[statement.start : statement.end].encode())
        except psycopg.Error as error:
            failed = script_error(path, text, error, statement.start)
            match statement.tree:
                case {"CreateExtensionStmt": {"extname": name}}:
                    failed = ScriptError(
                        f"{failed}; where the user may not make it, it has to be in the database before: "
                        f"`create extension {name}` as a superuser, or in the way of the server's provider"
                    )
            raise failed from error


def script_error(path: Path, text: str, error: psycopg.Error, start: int = 0) -> ScriptError:
    """Error for the statement that begins at position `start`, from 0, of a file's text."""
    position = start + int(error.diag.statement_position or 1) - 1
    return ScriptError(f"{path.name}:{line_at(text, position)}: {reason(error)}")


def line_at(text: str, position: int) -> int:
    """Line number, from 1, of a position, from 0."""
    return text.count("\n", 0, position) + 1


def syntax_error(text: str, error: ParseError) -> str:
    """Line number, from 1, and message of a syntax error."""
    # An unterminated string is quoted to the end of the text.
    return f"{line_at(text, error.position)}: {error.reason.partition(chr(10))[0]}"


def reason(error: psycopg.Error) -> str:
    """PostgreSQL's message, in one line."""
    said = error.diag.message_primary or " ".join(str(error).split())
    # This detail lists the dependent objects; other details may quote the values of rows.
    if isinstance(error, psycopg.errors.DependentObjectsStillExist) and error.diag.message_detail:
        return f"{said}: {', '.join(error.diag.message_detail.splitlines())}"
    return said
