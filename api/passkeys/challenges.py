"""Challenges that passkeys sign: random, for five minutes, and each once."""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from secrets import token_bytes
from typing import Final, NamedTuple

import msgspec

SECONDS: Final = 300
_BYTES: Final = 32


class ClientData(msgspec.Struct, rename="camel"):
    """What a browser says that was signed, as far as it's needed to find the challenge."""

    challenge: str
    cross_origin: bool = False


class Challenge(NamedTuple):
    """A challenge, which only the client keeps, and its digest, which is stored."""

    value: bytes
    digest: bytes


def new_challenge() -> Challenge:
    return _challenge(token_bytes(_BYTES))


def signed_challenge(client_data: str) -> Challenge | None:
    """Challenge that a browser says was signed, or None; whether it's one of ours its digest tells."""
    try:
        read = msgspec.json.decode(from_base64url(client_data) or b"", type=ClientData)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    value = from_base64url(read.challenge)
    # A page of ours within one of another origin logs nobody in.
    return None if value is None or read.cross_origin else _challenge(value)


def to_base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes | None:
    """Bytes of a text without padding, or None."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (NotBase64, ValueError):
        return None
    # One spelling for each.
    return data if to_base64url(data) == text else None


def _challenge(value: bytes) -> Challenge:
    return Challenge(value, hashlib.sha256(value).digest())
