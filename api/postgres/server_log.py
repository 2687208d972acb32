"""Keeps the embedded server's log small, also while the server writes to it."""

import os
import shutil
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Final

# Bytes that a log may have; it's copied then, which takes some hundredths of a second.
MOST: Final = 10 * 1024 * 1024
# Older logs that are kept: server.log.1 is the latest of them.
KEPT: Final = 4

_PRIVATE: Final = 0o600
_FLAGS: Final = os.O_NOFOLLOW | os.O_CLOEXEC


def open_log(log: Path) -> int:
    """Open a log for appending; its folder is PostgreSQL's, so no link in it is followed."""
    keep_small(log)
    return os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | _FLAGS, _PRIVATE)


def keep_small(log: Path) -> None:
    """Empty a log that is too large, whose lines go to the first of the older ones.

    It's emptied and not renamed, as the server has it open and appends to it. Lines that the server writes between
    copying and emptying are lost, and so is a log that a full disk has no room for. One that can't be opened stays.
    """
    with suppress(OSError):
        if log.lstat().st_size > MOST:
            _empty(log)


def _empty(log: Path) -> None:
    older = [log.with_name(f"{log.name}.{number}") for number in range(1, KEPT + 1)]
    with os.fdopen(os.open(log, os.O_RDWR | _FLAGS), "rb+", buffering=0) as file:
        for path, place in reversed([*pairwise(older)]):
            with suppress(FileNotFoundError):
                path.replace(place)
        try:
            with os.fdopen(os.open(older[0], os.O_WRONLY | os.O_CREAT | os.O_EXCL | _FLAGS, _PRIVATE), "wb") as copy:
                # A base backup copies all files of the cluster, this one too, and PostgreSQL reads them.
                os.fchown(copy.fileno(), os.fstat(file.fileno()).st_uid, -1)
                shutil.copyfileobj(file, copy)
        except OSError:
            with suppress(OSError):
                older[0].unlink()
        finally:
            file.truncate(0)
