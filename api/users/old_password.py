"""The password that a change of an account takes besides the session."""

from api.auth.failures import note_failure
from api.auth.passwords import password_hasher
from api.auth.queries import accounts
from api.auth.schemas import Caller
from api.auth.throttling import charge, old_password_charges, take_out
from api.problems.problem import Problem
from api.users.facts import WRONG_OLD_PASSWORD


async def check_old_password(caller: Caller, password: str) -> str:
    """Check the caller's own password, within a turn of `password_hasher`; returns the hash that it was held against.

    A wrong one counts as an attempt.

    Raises:
        Problem: `wrong_old_password` or `too_many_attempts`.

    """
    charges = old_password_charges(caller.user_id)
    await charge(charges, caller.user_id)
    stored = await accounts.get_password(user_id=caller.user_id)
    if not await password_hasher.verify(password, stored):
        await note_failure("old_password_refused", caller.user_id)
        raise Problem(WRONG_OLD_PASSWORD)
    await take_out(charges)
    return stored
