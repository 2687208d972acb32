"""Mails that are files, as there's no mail server: those of an account go with it."""

import asyncio
from contextlib import suppress
from email.parser import BytesHeaderParser
from email.policy import default
from pathlib import Path
from typing import Final

from api.mail.rendering import UndeliverableError, address_of


class SentFiles:
    """The folder of such mails, if they are files."""

    def __init__(self) -> None:
        self._folder: Path | None = None

    def use(self, folder: Path | None) -> None:
        """Look in a folder from now on, or nowhere."""
        self._folder = folder

    async def forget(self, recipient: str, before: float) -> None:
        """Remove mails to an address that were written before a moment, in seconds since 1970."""
        if self._folder is not None:
            with suppress(UndeliverableError):
                await asyncio.to_thread(_remove, self._folder, address_of(recipient).addr_spec, before)


def _remove(folder: Path, address: str, before: float) -> None:
    for path in folder.glob("*.eml"):
        # Another worker may remove it too.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before and address in _recipients(path):
                path.unlink()


def _recipients(path: Path) -> list[str]:
    with path.open("rb") as file:
        to = BytesHeaderParser(policy=default).parse(file)["To"]
    return [each.addr_spec for each in to.addresses] if to is not None else []


# Of this worker.
sent_files: Final = SentFiles()
