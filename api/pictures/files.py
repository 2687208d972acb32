"""Names of the files of pictures, and where they are kept."""

import re
from secrets import token_hex
from typing import Final

SMALL: Final = "-128.webp"
_TYPES: Final = {"jpg": b"image/jpeg", "jpeg": b"image/jpeg", "png": b"image/png", "gif": b"image/gif"}
_WEBP: Final = b"image/webp"
# Ours, in two sizes, and those of the system before.
_NAME: Final = re.compile(
    r"[0-9a-f]{32}(?:-128)?\.webp|profile-[0-9]{1,20}-[0-9]{1,20}\.(?i:jpe?g|png|gif|webp)", re.ASCII
)


def new_name() -> str:
    """Name of a picture that nobody can guess: 128 random bits."""
    return f"{token_hex(16)}.webp"


def files_of(name: str) -> tuple[str, ...]:
    """Files of a picture, by its name: both sizes, or the one of the system before."""
    return (name,) if name.startswith("profile-") else (name, small(name))


def small(name: str) -> str:
    """Name of a picture's smaller size."""
    return name.removesuffix(".webp") + SMALL


def media_type(file: str) -> bytes | None:
    """Type of a file by its name, or None if no picture has such a name."""
    if not _NAME.fullmatch(file):
        return None
    return _TYPES.get(file.rpartition(".")[2].lower(), _WEBP)
