"""The password that a change of an account takes besides the session."""

from api.auth.passwords import password_hasher
from api.auth.queries import accounts
from api.auth.schemas import Caller
from api.auth.security_events import tell
from api.auth.throttling import charge, old_password_charges
from api.problems.problem import Problem
from api.users.facts import WRONG_OLD_PASSWORD


async def check_old_password(caller: Caller, password: str) -> str:
    """Check the caller's own password, within a turn of `password_hasher`; returns the hash that it was held against.

    It counts as an attempt; whoever goes on takes `old_password_charges` out.

    Raises:
        Problem: `wrong_old_password` or `too_many_attempts`.

    """
    await charge(old_password_charges(caller.user_id), caller.user_id)
    stored = await accounts.get_password(user_id=caller.user_id)
    if not await password_hasher.verify(password, stored):
        tell("old_password_refused", caller.user_id)
        raise Problem(WRONG_OLD_PASSWORD)
    return stored
