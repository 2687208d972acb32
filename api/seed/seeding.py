"""Fills the database with made-up families, all of them or none."""

from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from api.command_error import CommandError
from api.migrations import check_current
from api.migrations.scripts import reason
from api.postgres.preflight import preflight
from api.seed.copying import add_families, tables
from api.seed.token_file import replaced


class SeedError(CommandError):
    """The families can't be added, and nothing was; the message says why in one line."""


def seed(dsn: str, *, families: int, sessions: int, token_path: Path) -> range:
    """Add families, and write a file with tokens for some of them; returns the families' numbers.

    A line of the file is a bearer token, the ids of user and parent profile, and that of one child or nothing, with
    tabs between them. The families are one transaction: whatever stops it leaves the database as it was, save for
    ids that no row will have, and the file too.

    Raises:
        PreflightError: the database can't be used.
        MigrationError: the schema isn't current.
        SeedError: a row or the file can't be written.
        KeyboardInterrupt: it was interrupted; the message says that nothing was added.

    """
    try:
        preflight(dsn)
        check_current(dsn)
        with replaced(token_path) as token_file, psycopg.connect(dsn) as connection:
            return add_families(connection, families, sessions, token_file)
    except psycopg.Error as error:
        raise SeedError(f"nothing was added: {reason(error)}") from error
    except OSError as error:
        raise SeedError(f"nothing was added: {error}") from error
    except KeyboardInterrupt:
        raise KeyboardInterrupt("interrupted: nothing was added") from None


def analyze(dsn: str) -> None:
    """Let PostgreSQL know what there is now, so that it plans well from the first request on.

    Raises:
        psycopg.Error: there is no connection to be had, or the tables are another's.

    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SQL("vacuum (analyze) {}").format(SQL(", ").join(map(Identifier, tables()))))
