"""Runs PostgreSQL's programs for backups."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from api.backups.folder import BackupError
from api.postgres.programs import find_binary, find_client, without_secrets


def run_program(name: str, *arguments: str | Path, keep_open: Sequence[int] = (), given: str | None = None) -> str:
    """Run a program that comes with the embedded server, and that gets `given` as its input; returns its output.

    `keep_open` are files that it holds open until it ends, such as a lock.

    Raises:
        BackupError: it failed; the message is the first error that it printed.

    """
    return run_command([find_binary(name), *arguments], keep_open=keep_open, given=given)


def run_client(name: str, dsn: str, *arguments: str | Path) -> str:
    """Run a program that connects to any database; returns its output.

    Raises:
        BackupError: it failed; the message is the first error that it printed.
        ClientError: there's no such program that can connect.

    """
    address, environment = without_secrets(dsn)
    return run_command([find_client(name, dsn), "-d", address, *arguments], environment=environment)


def run_command(
    command: Sequence[str | Path],
    *,
    environment: Mapping[str, str] | None = None,
    keep_open: Sequence[int] = (),
    given: str | None = None,
) -> str:
    """Run a program, which gets `given` as its input; returns its output.

    Raises:
        BackupError: it failed; the message is the first error that it printed.

    """
    answer = subprocess.run(  # noqa: S603
        command, cwd="/", input=given, capture_output=True, text=True, check=False, env=environment, pass_fds=keep_open
    )
    if answer.returncode != 0:
        raise BackupError(f"{Path(command[0]).name}: {first_error(answer.stderr) or 'it was ended'}")
    return answer.stdout


def first_error(said: str) -> str:
    """The line of a program's output that says what went wrong: warnings come before, consequences after."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    wrong = next(
        (line for line in lines if "error:" in line or "fatal:" in line or "ERROR:" in line), "".join(lines[-1:])
    )
    return wrong.partition("error: ")[2] or wrong.partition("fatal: ")[2] or wrong
