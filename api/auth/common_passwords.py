"""The passwords that are guessed first."""

from pathlib import Path
from typing import Final

# The 3,000 most common of at least 8 characters, the commonest first, as zxcvbn ranks them (a test compares the two).
# Importing zxcvbn instead takes 75 ms and 16 MiB in each worker.
_COMMON: Final = frozenset(Path(__file__).with_suffix(".txt").read_text("ascii").split())


def is_common(password: str) -> bool:
    """Whether a password, letter case aside, is one of the 3,000 most common that are long enough to be allowed."""
    return password.casefold() in _COMMON
