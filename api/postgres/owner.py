"""Who owns a data directory: the process that holds its lock, which ends with the process."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.postgres.postmaster import Postmaster
from api.postgres.programs import EmbeddedServerError, binaries
from api.postgres.system_user import check_passable, make_data_dir


class DataDirInUse(EmbeddedServerError):  # noqa: N818
    """Another process owns the data directory."""


def own(data_dir: Path) -> int:
    """Make a data directory that PostgreSQL can use; returns a descriptor that holds its lock until it's closed.

    Raises:
        DataDirInUse: another process owns the directory.
        EmbeddedServerError: PostgreSQL's user can't get to it, or to the programs.
        OSError: it can't be used.

    """
    make_data_dir(data_dir)
    check_passable(data_dir, "set DATA_DIR to a folder that others may pass, such as /var/lib/nestwerk")
    check_passable(binaries(), "move the project, or its environment with UV_PROJECT_ENVIRONMENT")
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    try:
        lock = os.open(data_dir / "owner.lock", flags, 0o600)
    except PermissionError:
        owner = data_dir.stat().st_uid
        raise EmbeddedServerError(f"{data_dir} belongs to user {owner}: run this as the user of the service") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise DataDirInUse(f"{data_dir} is in use by another process") from None
    return lock


@contextmanager
def owned_and_stopped(data_dir: Path) -> Iterator[None]:
    """Own a data directory within the block, so that its cluster can be replaced.

    Raises:
        EmbeddedServerError: another process owns it, or its server runs.

    """
    try:
        lock = own(data_dir)
    except DataDirInUse as error:
        raise EmbeddedServerError(f"{error}: stop the service first") from None
    except OSError as error:
        raise EmbeddedServerError(f"can't use {error.filename or data_dir}: {error.strerror}") from None
    try:
        if Postmaster(data_dir / "postgres").is_running():
            raise EmbeddedServerError(
                f"PostgreSQL runs in {data_dir}, as a killed service left it: start the service, stop it, and try again"
            )
        yield
    finally:
        os.close(lock)
