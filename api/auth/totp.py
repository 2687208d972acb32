"""Codes of authenticator apps (TOTP, RFC 6238): six digits by SHA-1, a new one every 30 seconds, as all apps know them.

pyotp is imported when a code is first checked: it takes 7 ms.
"""

import hmac
from base64 import b32encode
from secrets import token_bytes
from typing import Final

from api.auth.sealing import sealing

STEP: Final = 30
ISSUER: Final = "Nestwerk"
# As RFC 4226 recommends.
_SECRET_BYTES: Final = 20
# Steps that a phone's clock may be off, and a parent slow (RFC 6238, 5.2).
_DRIFT: Final = 1


def new_secret() -> bytes:
    return token_bytes(_SECRET_BYTES)


def readable(secret: bytes) -> str:
    """A secret as apps take it when it's typed."""
    return b32encode(secret).decode()


def provisioning_uri(secret: bytes, username: str) -> str:
    """`otpauth://` URI of an account, which apps read from a QR code."""
    from pyotp import TOTP  # noqa: PLC0415

    return TOTP(readable(secret)).provisioning_uri(name=username, issuer_name=ISSUER)


def matching_step(secret: bytes, code: str, now: float) -> int | None:
    """Time step whose code this is: that of now (seconds since 1970) or a neighbour, the latest of several; or None."""
    from pyotp import TOTP  # noqa: PLC0415

    totp, current = TOTP(readable(secret)), int(now) // STEP
    found = None
    for step in range(current - _DRIFT, current + _DRIFT + 1):
        if hmac.compare_digest(totp.generate_otp(step), code.replace(" ", "")):
            found = step
    return found


def seal_secret(secret: bytes, user_id: int) -> bytes:
    return sealing.seal(secret, f"totp:{user_id}")


def open_secret(sealed: bytes, user_id: int) -> bytes:
    """Secret of an account.

    Raises:
        Problem: `internal_error`: it can't be opened.

    """
    return sealing.open(sealed, f"totp:{user_id}")
