"""Fills the database with sample families, all of them or none."""

from pathlib import Path

import psycopg
from psycopg.sql import SQL, Identifier

from api.atomic_write import atomic_write
from api.command_error import CommandError
from api.migrations import check_current
from api.migrations.scripts import reason
from api.postgres.preflight import preflight
from api.seed.copying import add_families, tables


class SeedError(CommandError):
    """No families were added; the message says why in one line."""


def seed(dsn: str, *, families: int, sessions: int, token_path: Path) -> range:
    """Add families, and write a file with tokens of some of them; returns the families' numbers.

    A line of the file has a bearer token, the ids of user and parent profile, and the id of a child or nothing,
    separated by tabs. All families are one transaction: a failure leaves database and file as they were, except that
    sequences have advanced.

    Raises:
        PreflightError: the database can't be used by the service.
        MigrationError: the schema isn't current.
        SeedError: a row or the file can't be written.
        KeyboardInterrupt: it was interrupted; the message says that nothing was added.

    """
    try:
        preflight(dsn)
        check_current(dsn)
        with atomic_write(token_path, mode=0o600) as token_file, psycopg.connect(dsn) as connection:
            return add_families(connection, families, sessions, token_file)
    except psycopg.Error as error:
        raise SeedError(f"nothing was added: {reason(error)}") from error
    except OSError as error:
        raise SeedError(f"nothing was added: {error}") from error
    except KeyboardInterrupt:
        raise KeyboardInterrupt("interrupted: nothing was added") from None


def analyze(dsn: str) -> None:
    """Update PostgreSQL's statistics, so that it plans well from the first request on.

    Raises:
        psycopg.Error: the connection fails, or the tables have another owner.

    """
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(SQL("vacuum (analyze) {}").format(SQL(", ").join(map(Identifier, tables()))))
