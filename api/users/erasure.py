"""Erasing the caller's account: all of it in one transaction, files of pictures right after it."""

from time import time
from typing import Final

from api.auth.caller import callers
from api.auth.cookies import AnyRequest
from api.auth.devices import cookie_devices
from api.auth.logins import client_address
from api.auth.networks import networks_of
from api.auth.passwords import password_hasher
from api.auth.queries import accounts
from api.auth.schemas import Caller, User
from api.auth.second_factor import check_second_factor
from api.auth.security_events import tell
from api.http.conditional import UNCONDITIONAL, Condition, changed
from api.mail.sent_files import sent_files
from api.pictures.removal import remove_former
from api.problems.problem import Problem
from api.problems.text import Language
from api.problems.types import TOO_BUSY
from api.second_factors.queries import sql as factors
from api.users.facts import WRONG_OLD_PASSWORD
from api.users.old_password import check_old_password
from api.users.queries import sql
from api.users.schemas import Erasure, account_tag

# Attempts, as the family may be writing, and its locks be taken in another order.
_ATTEMPTS: Final = 3


async def erase(caller: Caller, data: Erasure, request: AnyRequest, language: Language, condition: Condition) -> None:
    """Erase the caller's account, once password and second factor are checked.

    Raises:
        Problem: `wrong_old_password`, `second_factor_required`, `wrong_code`, `too_many_attempts`, `too_busy`,
            `precondition_failed`, or `not_authenticated` if the account or session has ended meanwhile.

    """
    begun = time()
    user = await accounts.get_user(user_id=caller.user_id)
    async with password_hasher.turn(networks_of(client_address(request))):
        stored = await check_old_password(caller, data.password)
    if condition is not UNCONDITIONAL:
        # Before a code is used up.
        changed(await sql.hold_user(user_id=caller.user_id, versions=condition.versions), account_tag)
    checked = await _check_factor(caller, user, data, request, language)
    for attempts_left in reversed(range(_ATTEMPTS)):
        try:
            await _erase(caller, stored, language, condition, second_factor=checked)
        except Problem as problem:
            if problem.type is not TOO_BUSY or not attempts_left:
                raise
        else:
            break
    tell("erased", caller.user_id)
    callers.forget(caller.user_id)
    await remove_former()
    await sent_files.forget(user.email, before=begun)


async def _check_factor(caller: Caller, user: User, data: Erasure, request: AnyRequest, language: Language) -> bool:
    """Check the second factor; returns whether there is one.

    A recent login, which asked for it, takes its place: who has only passkeys has no code to give.
    """
    account = await factors.lock_account(user_id=caller.user_id, session_id=caller.session_id)
    gives_code = data.code is not None or data.recovery_code is not None
    if account.has_second_factor and (gives_code or not account.is_recent):
        login = await accounts.get_login(
            username=user.username, device_digests=[device.digest for device in cookie_devices(request)]
        )
        await check_second_factor(login, user, data, language)
    return account.has_second_factor


async def _erase(
    caller: Caller, password: str, language: Language, condition: Condition, *, second_factor: bool
) -> None:
    async with sql.transaction(user_id=caller.user_id):
        locked = await sql.lock_for_erasure(
            user_id=caller.user_id,
            session_id=caller.session_id,
            password=password,
            second_factor=second_factor,
            versions=condition.versions,
        )
        if locked is None:
            # Another request has erased the account meanwhile, or changed how it's protected.
            await accounts.get_password(user_id=caller.user_id)
            raise Problem(WRONG_OLD_PASSWORD)
        changed(locked, account_tag)
        await sql.erase_account(user_id=caller.user_id, language=language)
        # From where is not kept: the account is gone.
        await accounts.record_event(event="erased", user_id=caller.user_id, network=None)
