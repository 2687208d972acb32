"""Checks what authenticators made and signed, by WebAuthn's rules.

webauthn is imported when there is something to check: that takes 150 ms and 20 MB, a check 0.14 ms. Both
happen in a thread.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from api.passkeys.relying_party import relying_party
from api.passkeys.webauthn_json import Assertion, NewCredential

_Result = TypeVar("_Result")

# ES256, EdDSA, RS256.
ALGORITHMS: Final = (-7, -8, -257)


class Registered(NamedTuple):
    """A credential that may be kept."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


async def verify_registration(credential: NewCredential, challenge: bytes) -> Registered | None:
    """The credential that an authenticator made for this challenge after it had checked who uses it, or None."""
    return await _checked(lambda: _verify_registration(_document(credential), challenge))


async def verify_assertion(credential: Assertion, challenge: bytes, public_key: bytes) -> int | None:
    """How often a passkey was used, if it signed this challenge after it had checked who uses it; or None.

    The count isn't compared with that of before: whoever keeps it does that, at once with keeping the new one.
    """
    return await _checked(lambda: _verify_assertion(_document(credential), challenge, public_key))


async def _checked(check: Callable[[], _Result]) -> _Result | None:
    def refused_if_it_fails() -> _Result | None:
        # Its own exceptions, and whatever malformed CBOR and keys cause in it.
        try:
            return check()
        except Exception:  # noqa: BLE001
            return None

    return await asyncio.to_thread(refused_if_it_fails)


def _verify_registration(credential: dict[str, Any], challenge: bytes) -> Registered:
    from webauthn import verify_registration_response  # noqa: PLC0415
    from webauthn.helpers.cose import COSEAlgorithmIdentifier  # noqa: PLC0415

    verified = verify_registration_response(
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=relying_party.id,
        expected_origin=relying_party.origin,
        require_user_verification=True,
        supported_pub_key_algs=[*map(COSEAlgorithmIdentifier, ALGORITHMS)],
    )
    return Registered(verified.credential_id, verified.credential_public_key, verified.sign_count)


def _verify_assertion(credential: dict[str, Any], challenge: bytes, public_key: bytes) -> int:
    from webauthn import verify_authentication_response  # noqa: PLC0415

    verified = verify_authentication_response(
        credential=credential,
        expected_challenge=challenge,
        expected_rp_id=relying_party.id,
        expected_origin=relying_party.origin,
        credential_public_key=public_key,
        credential_current_sign_count=0,
        require_user_verification=True,
    )
    return verified.new_sign_count


def _document(credential: NewCredential | Assertion) -> dict[str, Any]:
    document: dict[str, Any] = msgspec.to_builtins(credential)
    return document
