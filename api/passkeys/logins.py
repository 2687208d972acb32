"""Logging in with a passkey, which is both factors at once: it's had, and it checks who uses it."""

from collections.abc import Sequence

from api.auth.cookies import AnyRequest
from api.auth.devices import Device
from api.auth.facts import ACCOUNT_SUSPENDED
from api.auth.failures import note_failure
from api.auth.logins import StartedSession, counted_login, start_session
from api.auth.schemas import User
from api.auth.security_events import Refusal, tell
from api.passkeys.challenges import from_base64url, signed_challenge, to_base64url
from api.passkeys.facts import WRONG_PASSKEY
from api.passkeys.queries import sql
from api.passkeys.schemas import FoundPasskey, PasskeyLogin
from api.passkeys.verification import verify_assertion
from api.passkeys.webauthn_json import Assertion
from api.problems.problem import Problem


async def log_in(data: PasskeyLogin, request: AnyRequest, devices: Sequence[Device]) -> tuple[User, StartedSession]:
    """User and a new session, if the passkey is right; `devices` are those that the client may be.

    Raises:
        Problem: `wrong_passkey` or `account_suspended`.

    """
    with counted_login():
        return await _log_in(data, request, devices)


async def _log_in(data: PasskeyLogin, request: AnyRequest, devices: Sequence[Device]) -> tuple[User, StartedSession]:
    async def find() -> FoundPasskey | None:
        return await sql.find_passkey(
            credential_id=from_base64url(data.credential.id) or b"",
            device_digests=[device.digest for device in devices],
        )

    challenge = signed_challenge(data.credential.response.client_data)
    # It's used up, whatever else is wrong.
    is_ours = challenge is not None and await sql.end_login(challenge_digest=challenge.digest) is not None
    found = await find()
    if challenge is None or not is_ours or found is None:
        raise await _refused("passkey_refused", found)
    await _check(data.credential, challenge.value, found)
    session = await _start(found, data, request, devices)
    if session is None:
        # The account's hash was replaced meanwhile, or the account was banned.
        found = await find()
        session = await _start(found, data, request, devices) if found else None
    if found is None or session is None:
        raise await _refused("passkey_refused", found)
    tell("logged_in", found.id)
    return found.user(), session


async def _start(
    found: FoundPasskey, data: PasskeyLogin, request: AnyRequest, devices: Sequence[Device]
) -> StartedSession | None:
    if found.is_banned:
        raise Problem(ACCOUNT_SUSPENDED)
    return await start_session(
        found.id,
        found.password,
        request,
        "passkey",
        device=next((device for device in devices if device.digest == found.device_digest), None),
        remember=data.remember_me,
    )


async def _check(credential: Assertion, challenge: bytes, found: FoundPasskey) -> None:
    count = await verify_assertion(credential, challenge, found.public_key)
    if count is None or credential.response.user_handle != user_handle(found.id):
        raise await _refused("passkey_refused", found)
    if found.is_banned:
        return
    used = await sql.use_passkey(
        user_id=found.id,  # owner: whose passkey it is
        id=found.passkey_id,
        sign_count=count,
    )
    if used is None:
        raise await _refused("passkey_copied", found)


def user_handle(user_id: int) -> str:
    """What authenticators know an account by; it says nothing of the parent."""
    return to_base64url(user_id.to_bytes(8, "big"))


async def _refused(event: Refusal, found: FoundPasskey | None) -> Problem:
    await note_failure(event, found.id if found else None)
    return Problem(WRONG_PASSKEY)
