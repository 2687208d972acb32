"""`just seed`: fills the database with made-up families, all of them or none."""

import sys
from pathlib import Path
from typing import Final

import psycopg
from psycopg.sql import SQL, Identifier

from api.migrations import check_current
from api.postgres.preflight import preflight
from api.seed.copying import PASSWORD, TABLES, add_families
from api.seed.token_file import replaced

FAILED: Final = 1
INTERRUPTED: Final = 130


def seed(dsn: str, *, families: int, sessions: int, data_dir: Path) -> int:
    """Add families, and write `sessions.tsv` in `data_dir` with tokens for some of them; returns the exit status.

    A line of the file is a bearer token, the ids of user and parent profile, and that of one child or nothing, with
    tabs between them. The families are one transaction: whatever stops it leaves the database as it was, save for
    ids that no row will have, and the file too.
    """
    if sessions > families:
        _say(f"--sessions {sessions}: there are tokens for {families} families only, the ones that this adds")
        sessions = families
    path = data_dir / "sessions.tsv"
    replaces = ": this replaces the tokens that it had" if path.exists() else ""
    try:
        preflight(dsn)
        check_current(dsn)
        with replaced(path) as token_file, psycopg.connect(dsn) as connection:
            numbers = add_families(connection, families, sessions, token_file)
    except (psycopg.Error, OSError) as error:
        _say(f"nothing was added: {_reason(error)}")
        return FAILED
    except KeyboardInterrupt:
        _say("interrupted: nothing was added")
        return INTERRUPTED
    _say(f"family-{numbers[0]} to family-{numbers[-1]} can log in with the password {PASSWORD}")
    _say(f"{path} has {sessions} tokens, good for 30 days{replaces}")
    _tidy(dsn)
    return 0


def _tidy(dsn: str) -> None:
    """Let PostgreSQL know what there is now, so that it plans well from the first request on."""
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(SQL("vacuum (analyze) {}").format(SQL(", ").join(map(Identifier, TABLES))))
    except psycopg.Error as error:
        _say(f"left to autovacuum: {_reason(error)}")


def _reason(error: Exception) -> str:
    """First line of what PostgreSQL says: those after it may quote rows."""
    return str(error).partition("\n")[0]


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
