"""Recovery codes: for who has lost the authenticator app and the passkeys.

Each is random, 79 bits, so a plain SHA-256 is stored: nobody guesses one from its digest, as they could a password.
"""

import hashlib
import secrets
from typing import Final

COUNT: Final = 10
# Without letters and digits that look or sound alike.
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 4
_LETTERS_A_GROUP: Final = 4


def new_recovery_codes() -> list[str]:
    """New codes, such as `h7kp-3xqd-m2ya-w9cf`."""
    return [random_code(_GROUPS, _LETTERS_A_GROUP) for _ in range(COUNT)]


def random_code(groups: int, letters: int) -> str:
    """A random text that can be read out and typed: groups of so many letters and digits, with dashes between."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(letters)) for _ in range(groups))


def recovery_code_digest(code: str) -> bytes:
    """SHA-256 of a code, however it's typed: capitals, spaces and dashes don't matter."""
    return hashlib.sha256("".join(filter(_LETTERS.__contains__, code.casefold())).encode()).digest()
