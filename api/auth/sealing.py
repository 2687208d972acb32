"""Encrypts secrets that have to be readable, with keys that aren't in the database (AES-256-GCM).

Cryptography is imported when a secret is first sealed or opened: it takes 9 ms and 8 MB.
"""

import hashlib
import hmac
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from secrets import token_bytes, token_hex
from typing import Final

from api.atomic_write import atomic_write, sync_folder
from api.problems.problem import Problem
from api.problems.types import INTERNAL_ERROR
from api.settings import KEY_BYTES, read_secret_keys

logger = logging.getLogger(__name__)

_ID_BYTES: Final = 4
_NONCE_BYTES: Final = 12


class Sealing:
    """Seals with the first of its keys, and opens with whichever was used."""

    def __init__(self) -> None:
        self._file = Path("secret.key")
        self._keys: Sequence[bytes] = ()

    def configure(self, given: Path | None, own: Path) -> None:
        """Use the keys of a given file, or if there's none those of our own, which is made when it's first needed.

        Raises:
            SettingsError: the given file can't be read, or has no keys.

        """
        self._keys = read_secret_keys(given) if given else ()
        self._file = own

    def seal(self, secret: bytes, purpose: str, shared: bytes = b"") -> bytes:
        """Encrypt a secret: it can be opened for the same purpose only, as that of one account.

        And only with what was `shared`, that a client keeps.
        """
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        key = self._all_keys()[0]
        nonce = token_bytes(_NONCE_BYTES)
        return _key_id(key) + nonce + AESGCM(_with(key, shared)).encrypt(nonce, secret, purpose.encode())

    def open(self, sealed: bytes, purpose: str, shared: bytes = b"") -> bytes:
        """Decrypt a secret.

        Raises:
            Problem: `internal_error`, which the log explains: no key is the one that it was sealed with, or it was
                sealed for another purpose, or changed.

        """
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

        id, nonce, encrypted = sealed[:_ID_BYTES], sealed[_ID_BYTES:][:_NONCE_BYTES], sealed[_ID_BYTES + _NONCE_BYTES :]
        for key in self._all_keys():
            if _key_id(key) == id:
                try:
                    return AESGCM(_with(key, shared)).decrypt(nonce, encrypted, purpose.encode())
                except InvalidTag:
                    logger.error(  # noqa: TRY400  its traceback says no more
                        "a sealed secret was changed, or isn't its account's", extra={"event": "secret_changed"}
                    )
                    raise Problem(INTERNAL_ERROR) from None
        logger.error(
            "a secret was sealed with a key that SECRET_KEY_FILE doesn't have", extra={"event": "secret_key_missing"}
        )
        raise Problem(INTERNAL_ERROR)

    def _all_keys(self) -> Sequence[bytes]:
        if not self._keys:
            if not self._file.exists():
                _make_key(self._file)
            self._keys = read_secret_keys(self._file)
        return self._keys


def _key_id(key: bytes) -> bytes:
    """What tells keys apart, and says nothing of them."""
    return hashlib.sha256(key).digest()[:_ID_BYTES]


def _with(key: bytes, shared: bytes) -> bytes:
    """Key that takes both."""
    return hmac.digest(key, shared, hashlib.sha256) if shared else key


def _make_key(path: Path) -> None:
    """Make a file with a new key, which survives a power cut, unless another worker makes it at the same moment."""
    with atomic_write(path, mode=0o600, replace=False) as file:
        file.write(f"{token_hex(KEY_BYTES)}\n")
        file.flush()
        os.fsync(file.fileno())
    sync_folder(path.parent)


# Its keys are the process's.
sealing: Final = Sealing()
