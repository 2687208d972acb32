"""Changes of an account's factors: one at a time, each in a transaction that locks the account, and told its owner."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.auth.caller import callers
from api.auth.cookies import AnyRequest
from api.auth.devices import cookie_devices
from api.auth.facts import RECENT_LOGIN_REQUIRED
from api.auth.networks import client_network
from api.auth.queries import accounts
from api.auth.queries import sql as sessions
from api.auth.recovery_codes import new_recovery_codes, recovery_code_digest
from api.auth.schemas import Caller
from api.auth.second_factor import FACTORS_CHANGED
from api.auth.security_events import tell
from api.mail.queries import mails
from api.problems.problem import Problem
from api.problems.text import Language
from api.second_factors.mails import Change
from api.second_factors.queries import sql
from api.second_factors.schemas import LockedAccount


@asynccontextmanager
async def locked(caller: Caller, *, recent: bool = True) -> AsyncIterator[LockedAccount]:
    """Within the block, have the caller's account locked for a change of its factors, in a transaction.

    With `recent`, whoever logged in more than ten minutes ago has to do that again, with password and factor: a session
    that was stolen or left open neither adds a way in nor takes one off.

    Raises:
        Problem: `recent_login_required`, or `not_authenticated` if the session has ended meanwhile.

    """
    async with sql.transaction(user_id=caller.user_id):
        account = await sql.lock_account(user_id=caller.user_id, session_id=caller.session_id)
        if recent and not account.is_recent:
            raise Problem(RECENT_LOGIN_REQUIRED)
        yield account


@asynccontextmanager
async def changing(
    change: Change, caller: Caller, language: Language, *, recent: bool = True
) -> AsyncIterator[LockedAccount]:
    """Within the block, change the factors of the caller's account, which is `locked`.

    The change is recorded, and a mail tells the owner, in the same transaction; then the log is told.
    """
    async with locked(caller, recent=recent) as account:
        yield account
        await accounts.record_event(event=change, user_id=caller.user_id, network=client_network())
        await mails.add_mail(
            user_id=caller.user_id,
            kind=FACTORS_CHANGED,
            recipient=account.email,
            language=language,
            parameters={"change": change},
        )
    tell(change, caller.user_id)


async def note_addition(caller: Caller, account: LockedAccount, request: AnyRequest) -> list[str]:
    """Do what comes with an account's first factor: give out recovery codes, and end all sessions but the caller's.

    Those began without the factor. So did other devices become known, each of which would have guesses of its own at
    codes. Returns the recovery codes, none if it isn't the first factor.
    """
    if account.has_second_factor:
        return []
    await sessions.end_other_sessions(user_id=caller.user_id, session_id=caller.session_id, network=client_network())
    await sessions.forget_other_devices(
        user_id=caller.user_id, device_digests=[device.digest for device in cookie_devices(request)]
    )
    callers.forget(caller.user_id)
    return await give_recovery_codes(caller)


async def give_recovery_codes(caller: Caller) -> list[str]:
    """New recovery codes, in place of those before."""
    codes = new_recovery_codes()
    await sql.replace_recovery_codes(user_id=caller.user_id, code_digest=[*map(recovery_code_digest, codes)])
    return codes
