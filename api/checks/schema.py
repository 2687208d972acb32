"""Dumps the schema with pg_dump, for sql/schema.sql, and compares a database with that file."""

import difflib
import re
import subprocess
from typing import Final

import psycopg

from api.checks.beside import read_beside
from api.command_error import CommandError
from api.migrations.scripts import reason
from api.paths import SCHEMA
from api.postgres.programs import find_client, without_secrets

_HEADER: Final = """\
-- The schema that the migrations make, as pg_dump writes it. Not to be edited: `just generate` writes it anew.

"""


# `((A AND B) AND C)`, as PostgreSQL keeps `between`; it reads that as `(A AND B AND C)` from a dump.
_INNER: Final = r"[^()]*(?:\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)[^()]*)*"
_NESTED: Final = re.compile(rf"\(\((\({_INNER}\)) AND (\({_INNER}\))\) AND ")


class DumpError(CommandError):
    """The schema can't be read; the message is the error of pg_dump or PostgreSQL, in one line."""


def dump_schema(dsn: str) -> str:
    """Definitions of everything in the schema public, without owners, privileges and lines that vary by version.

    What there is besides it comes first, by name.

    Raises:
        BesideError: sql/beside.txt has a fault.
        DumpError: the database can't be reached or read.

    """
    address, environment = without_secrets(dsn)
    program = find_client("pg_dump", dsn)
    command = [program, "--schema-only", "--no-owner", "--no-privileges", "--schema=public", address]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    if answer.returncode != 0:
        raise DumpError(" ".join(answer.stderr.split()))
    try:
        beside = read_beside(dsn)
    except psycopg.Error as error:
        raise DumpError(reason(error)) from error
    kept = [
        line
        for line in answer.stdout.splitlines()
        if not line.startswith(
            ("--", "SET ", "\\", "SELECT pg_catalog.set_config", "CREATE SCHEMA", "COMMENT ON SCHEMA")
        )
    ]
    paragraphs = [*beside, *"\n".join(kept).split("\n\n")]
    return _HEADER + "\n\n".join(part.strip("\n") for part in paragraphs if part.strip()) + "\n"


def drift(dsn: str) -> list[str]:
    """Lines of a unified diff from sql/schema.sql to a database; none if they're the same.

    Raises:
        BesideError: sql/beside.txt has a fault.
        DumpError: the database can't be reached or read.

    """
    return differences("sql/schema.sql", SCHEMA.read_text("utf-8"), dump_schema(dsn))


def differences(name: str, wanted: str, found: str) -> list[str]:
    """Lines of a unified diff from a schema of this name to that of a database, which may come from a dump."""
    lines = (_flat(wanted).splitlines(), _flat(found).splitlines())
    return list(difflib.unified_diff(*lines, name, "the database", lineterm="", n=2))


def _flat(schema: str) -> str:
    """The schema as a dump of it is read."""
    return _NESTED.sub(r"(\1 AND \2 AND ", schema)
