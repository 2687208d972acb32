"""Where files of pictures are kept: a folder, or a bucket of S3 and the like.

obstore is imported when the first file is asked for, as it takes 10 MB of a worker.
"""

import asyncio
import logging
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from api.atomic_write import sync_folder
from api.pictures.facts import STORAGE_UNAVAILABLE
from api.problems.problem import Problem

if TYPE_CHECKING:
    from obstore.store import ObjectStore

logger = logging.getLogger(__name__)

# Seconds that an operation may take, with its retries.
TIMEOUT: Final = 10
_NAMES: Final = re.compile(r"[0-9a-f]{32}|profile-[0-9]+")


class Storage:
    """Files by name; each operation raises `storage_unavailable` for what isn't the file's own absence."""

    def __init__(self) -> None:
        self._where: str | Path = Path()
        self._store: ObjectStore | None = None

    def use(self, where: str | Path) -> None:
        """Keep files in a folder, which only its owner may look into, or at a URL, as `s3://bucket/prefix`."""
        self._where, self._store = where, None

    async def write(self, name: str, content: bytes) -> None:
        """Write a file, whole or not at all, to the disk."""
        import obstore  # noqa: PLC0415

        with _told():
            async with asyncio.timeout(TIMEOUT):
                await obstore.put_async(self._opened(), name, content, use_multipart=False)
                if isinstance(self._where, Path):
                    await asyncio.to_thread(_settle, self._where / name)

    async def read(self, name: str) -> bytes | None:
        """Content of a file, or None if there's none."""
        import obstore  # noqa: PLC0415

        with _told():
            async with asyncio.timeout(TIMEOUT):
                try:
                    found = await obstore.get_async(self._opened(), name)
                    return bytes(await found.bytes_async())
                except FileNotFoundError:
                    return None

    async def remove(self, names: Sequence[str]) -> None:
        """Remove files that may be there."""
        import obstore  # noqa: PLC0415

        with _told():
            async with asyncio.timeout(TIMEOUT):
                if isinstance(self._where, Path):
                    await asyncio.to_thread(_unlink, self._where, names)
                else:
                    await obstore.delete_async(self._opened(), names)

    def _opened(self) -> "ObjectStore":
        if self._store is None:
            from obstore import store  # noqa: PLC0415

            if isinstance(self._where, Path):
                self._where.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._store = store.LocalStore(self._where)
            else:
                self._store = store.from_url(
                    self._where,
                    client_options={
                        "timeout": timedelta(seconds=TIMEOUT / 2),
                        "connect_timeout": timedelta(seconds=3),
                        "allow_http": os.environ.get("AWS_ALLOW_HTTP", "").lower() == "true",
                    },
                    retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=TIMEOUT)},
                )
        return self._store


# Of this worker.
storage: Final = Storage()


def _settle(path: Path) -> None:
    """Have a new file, and its name, survive a power cut, and let nobody else read it."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fchmod(file, 0o600)
        os.fsync(file)
    finally:
        os.close(file)
    sync_folder(path.parent)


def _unlink(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)
        # What a process that was killed left of it while it wrote.
        (folder / f"{name}#1").unlink(missing_ok=True)


@contextmanager
def _told() -> Iterator[None]:
    """Log what fails, without the names of pictures, and raise a problem in its place."""
    from obstore.exceptions import BaseError  # noqa: PLC0415

    try:
        yield
    except (BaseError, OSError, ValueError) as error:
        what = _NAMES.sub("…", str(error).partition("\n")[0])[:300]
        logger.warning(
            "storage of pictures: %s",
            what,
            extra={"event": "storage_error", "error": type(error).__name__, "kind": ("storage", type(error))},
        )
        raise Problem(STORAGE_UNAVAILABLE) from error
