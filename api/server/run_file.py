"""A file by which `just reload` finds the service that runs, and learns how the renewal of its workers went.

It's locked for as long as the service lives, so one that a killed service left is known for what it is.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from api.settings import Settings


class Renewals(NamedTuple):
    """How many renewals of the workers a service began and ended, and whether the last that ended succeeded."""

    pid: int
    begun: int = 0
    ended: int = 0
    succeeded: int = 0


class RunFile:
    """The file of a running service, which has the port for itself."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._state = Renewals(os.getpid())
        self._write()

    def begin(self) -> None:
        """Say that a renewal begins; one that is under way is part of it."""
        self._state = self._state._replace(begun=self._state.begun + 1)
        self._write()

    def end(self, *, succeeded: bool) -> None:
        """Say how the last renewal went."""
        self._state = self._state._replace(ended=self._state.begun, succeeded=int(succeeded))
        self._write()

    def _write(self) -> None:
        # A full disk mustn't end the service.
        with suppress(OSError):
            os.pwrite(self._descriptor, " ".join(f"{each:010}" for each in self._state).encode(), 0)


@contextmanager
def run_file(settings: Settings) -> Iterator[RunFile]:
    """Keep the file within the block.

    Raises:
        OSError: it can't be written.

    """
    path = _path(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    # One that is there was left, or is of a service that closed its port and still stops.
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield RunFile(descriptor)
        with suppress(OSError):
            if path.stat().st_ino == os.fstat(descriptor).st_ino:
                path.unlink()
    finally:
        os.close(descriptor)


def read_run_file(settings: Settings) -> Renewals | None:
    """What the service of these settings says, if it runs.

    Raises:
        OSError: its file can't be read.

    """
    with suppress(FileNotFoundError):
        descriptor = os.open(_path(settings), os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(os.pread(descriptor, 100, 0))
        finally:
            os.close(descriptor)
    return None


def _read(text: bytes) -> Renewals | None:
    """What a file says; None if it's empty, as on a full disk, or isn't a service's."""
    found = re.fullmatch(rb"(\d{10}) (\d{10}) (\d{10}) (\d{10})", text)
    state = Renewals(*map(int, found.groups())) if found else None
    # A signal for process 0 would go to all of a group.
    return state if state and state.pid else None


def _path(settings: Settings) -> Path:
    return settings.data_dir / f"service-{settings.port}.pid"
