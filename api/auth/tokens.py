"""Session tokens: 256 random bits that can be told from junk without a query."""

import hashlib
from base64 import urlsafe_b64encode
from binascii import Error as NotBase64
from binascii import a2b_base64, crc32
from secrets import token_bytes
from typing import Final

PREFIX: Final = b"nw_"
_RANDOM_BYTES: Final = 32
_CHECKSUM_BYTES: Final = 4
# 36 bytes are 48 characters exactly: no padding, and no two spellings of one token.
_LENGTH: Final = len(PREFIX) + (_RANDOM_BYTES + _CHECKSUM_BYTES) * 4 // 3
# From the alphabet of URLs to the decoder's, which skips what isn't in it: too few bytes are left then.
_ALPHABET: Final = bytes.maketrans(b"-_+/", b"+/!!")


def new_token() -> str:
    """A token no one has: `nw_` and 48 characters of base64url, for 32 random bytes and their CRC-32."""
    random = token_bytes(_RANDOM_BYTES)
    return (PREFIX + urlsafe_b64encode(random + _checksum(random))).decode()


def token_digest(token: str | bytes) -> bytes | None:
    """SHA-256 of a token, 32 bytes, or None if `new_token` can't have made it."""
    if isinstance(token, str):
        # A character outside ASCII becomes "?", which no token has.
        token = token.encode("ascii", "replace")
    if len(token) != _LENGTH or not token.startswith(PREFIX):
        return None
    try:
        decoded = a2b_base64(token[len(PREFIX) :].translate(_ALPHABET))
    except NotBase64:
        return None
    if decoded[_RANDOM_BYTES:] != _checksum(decoded[:_RANDOM_BYTES]):
        return None
    return hashlib.sha256(token).digest()


def _checksum(random: bytes) -> bytes:
    return crc32(random).to_bytes(_CHECKSUM_BYTES, "big")
