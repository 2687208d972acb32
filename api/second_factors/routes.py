"""Second factors of the caller's account: the authenticator app, the recovery codes, and what is set up."""

from time import time

from litestar import Router

from api.auth.cookies import AnyRequest
from api.auth.facts import RECENT_LOGIN_REQUIRED, TOO_MANY_ATTEMPTS
from api.auth.failures import note_failure
from api.auth.schemas import Caller
from api.auth.throttling import charge, first_code_charges, take_out
from api.auth.totp import matching_step, new_secret, open_secret, provisioning_uri, readable, seal_secret
from api.http.endpoint import delete, get, post
from api.problems.problem import Problem, Violation
from api.problems.text import Language, Text
from api.problems.types import INVALID_BODY
from api.second_factors.changes import changing, give_recovery_codes, locked, note_addition
from api.second_factors.facts import NO_SECOND_FACTOR, TOTP_ACTIVE, TOTP_NOT_FOUND
from api.second_factors.queries import sql
from api.second_factors.schemas import NewRecoveryCodes, SecondFactors, TotpConfirmation, TotpSetup

_NOT_THE_CODE = Text(
    "klopt niet; kijk of de klok van je telefoon goed staat", "isn't right; please look whether your phone's clock is"
)


@get("/")
async def get_second_factors(caller: Caller) -> SecondFactors:
    """What is set up besides the password, and how many recovery codes are left."""
    return await sql.get_second_factors(user_id=caller.user_id)


@post(
    "/totp",
    status_code=200,
    problems=[RECENT_LOGIN_REQUIRED, TOTP_ACTIVE],
    next_operations=["confirm_totp"],
)
async def set_up_totp(caller: Caller) -> TotpSetup:
    """Begin to set up an authenticator app: its secret, which is shown this once; takes a recent login."""
    secret = new_secret()
    async with locked(caller) as account:
        sealed = seal_secret(secret, caller.user_id)
        if await sql.set_up_totp(user_id=caller.user_id, sealed_secret=sealed) is None:
            raise Problem(TOTP_ACTIVE)
    return TotpSetup(readable(secret), provisioning_uri(secret, account.username))


@post("/totp/confirm", status_code=200, problems=[TOTP_NOT_FOUND, TOO_MANY_ATTEMPTS])
async def confirm_totp(
    caller: Caller, data: TotpConfirmation, request: AnyRequest, language: Language
) -> NewRecoveryCodes:
    """Have logins ask for the app's codes, as a first one is right; the first factor brings recovery codes."""
    sealed = await sql.get_unconfirmed_totp(user_id=caller.user_id)
    if sealed is None:
        raise Problem(TOTP_NOT_FOUND)
    charges = first_code_charges(caller.user_id)
    await charge(charges, caller.user_id)
    step = matching_step(open_secret(sealed, caller.user_id), data.code, time())
    if step is None:
        await note_failure("code_refused", caller.user_id)
        raise Problem(INVALID_BODY, violations=[Violation("/code", _NOT_THE_CODE)])
    async with changing("totp_added", caller, language, recent=False) as account:
        if await sql.confirm_totp(user_id=caller.user_id, sealed_secret=sealed, step=step) is None:
            raise Problem(TOTP_NOT_FOUND)
        codes = await note_addition(caller, account, request)
    await take_out(charges)
    return NewRecoveryCodes(codes)


@delete("/totp", problems=[RECENT_LOGIN_REQUIRED, TOTP_NOT_FOUND])
async def remove_totp(caller: Caller, language: Language) -> None:
    """Take the authenticator app off; takes a recent login."""
    async with changing("totp_removed", caller, language):
        if await sql.remove_totp(user_id=caller.user_id) is None:
            raise Problem(TOTP_NOT_FOUND)


@post("/recovery-codes", status_code=200, problems=[RECENT_LOGIN_REQUIRED, NO_SECOND_FACTOR])
async def replace_recovery_codes(caller: Caller, language: Language) -> NewRecoveryCodes:
    """New recovery codes, in place of those before; takes a recent login."""
    async with changing("recovery_codes_replaced", caller, language) as account:
        if not account.has_second_factor:
            raise Problem(NO_SECOND_FACTOR)
        codes = await give_recovery_codes(caller)
    return NewRecoveryCodes(codes)


router = Router(
    "/api/second-factors",
    route_handlers=[get_second_factors, set_up_totp, confirm_totp, remove_totp, replace_recovery_codes],
    tags=["Second factors"],
)
