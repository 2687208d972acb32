"""Session tokens: 256 random bits with a checksum, so that malformed ones are refused without a query."""

import hashlib
from base64 import urlsafe_b64encode
from binascii import Error as NotBase64
from binascii import a2b_base64, crc32
from secrets import token_bytes
from typing import Final, NamedTuple

PREFIX: Final = b"nw_"
_RANDOM_BYTES: Final = 32
_CHECKSUM_BYTES: Final = 4
# 36 bytes are 48 characters exactly: no padding, and no two spellings of one token.
LENGTH: Final = len(PREFIX) + (_RANDOM_BYTES + _CHECKSUM_BYTES) * 4 // 3
# From base64url to base64. "+" and "/" become "!", which the decoder skips, so too few bytes are left.
_ALPHABET: Final = bytes.maketrans(b"-_+/", b"+/!!")


def new_token() -> str:
    """A new random token: `nw_` and 48 characters of base64url, for 32 random bytes and their CRC-32."""
    random = token_bytes(_RANDOM_BYTES)
    return (PREFIX + urlsafe_b64encode(random + _checksum(random))).decode()


class IssuedToken(NamedTuple):
    """A token, which only the client keeps, and its digest, which is stored."""

    token: str
    digest: bytes


def issue_token() -> IssuedToken:
    token = new_token()
    digest = token_digest(token)
    assert digest is not None
    return IssuedToken(token, digest)


def token_digest(token: str | bytes) -> bytes | None:
    """SHA-256 digest of a token (32 bytes), or None if the token is malformed."""
    if isinstance(token, str):
        # Characters outside ASCII become "?", which no token has.
        token = token.encode("ascii", "replace")
    if len(token) != LENGTH or not token.startswith(PREFIX):
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
