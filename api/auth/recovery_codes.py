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
    return [_new_code() for _ in range(COUNT)]


def recovery_code_digest(code: str) -> bytes:
    """SHA-256 of a code, however it's typed: capitals, spaces and dashes don't matter."""
    return hashlib.sha256("".join(filter(_LETTERS.__contains__, code.casefold())).encode()).digest()


def _new_code() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_LETTERS_A_GROUP)) for _ in range(_GROUPS))
