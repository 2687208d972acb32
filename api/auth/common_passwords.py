"""The most common passwords, which attackers guess first."""

from pathlib import Path
from typing import Final

# The 3,000 most common ones of at least 8 characters in zxcvbn's ranking (a test compares the two).
# They are told with whatever else is wrong with an input, before zxcvbn is imported and asked.
_COMMON: Final = frozenset(Path(__file__).with_suffix(".txt").read_text("ascii").split())


def is_common(password: str) -> bool:
    """Whether a password, letter case aside, is among the 3,000 most common ones of at least 8 characters."""
    return password.casefold() in _COMMON
