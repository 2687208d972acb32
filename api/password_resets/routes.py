"""Asking for a link that sets a new password, and using it."""

from typing import Final

from litestar import Response, Router

from api.auth.caller import callers
from api.auth.cookies import AnyRequest
from api.auth.devices import cookie_devices, device_cookie
from api.auth.facts import INVALID_LINK
from api.auth.logins import client_address
from api.auth.networks import client_network, networks_of
from api.auth.password_strength import refuse_weak
from api.auth.passwords import password_hasher
from api.auth.queries import accounts
from api.auth.queries import sql as sessions
from api.auth.security_events import tell
from api.auth.throttling import has_room, reset_charges
from api.auth.tokens import issue_token, token_digest
from api.email_confirmations.facts import EMAIL_TAKEN
from api.http.endpoint import post
from api.mail.queries import mails
from api.password_resets.mails import PASSWORD_RESET
from api.password_resets.queries import sql
from api.password_resets.schemas import (
    RESET_ASKED,
    RESET_DONE,
    PasswordReset,
    ResetAccount,
    ResetAsked,
    ResetDone,
    ResetRequest,
)
from api.problems.problem import Problem
from api.problems.text import Language
from api.users.mails import PASSWORD_CHANGED

# No session has this id.
_NO_SESSION: Final = 0


@post("/", status_code=200)
async def ask_password_reset(data: ResetRequest, request: AnyRequest, language: Language) -> ResetAsked:
    """Mail a link for a new password to an address, if an account has it; the answer is always the same.

    Whether one does is found out when the mail is sent. A network that asks too often gets the same answer, too.
    """
    if await has_room(reset_charges(networks_of(client_address(request)))):
        await mails.add_mail(
            user_id=None,  # owner: nobody's, as it isn't known whose address it is
            kind=PASSWORD_RESET,
            recipient=data.email,
            language=language,
            parameters={"network": client_network()},
        )
    return ResetAsked(RESET_ASKED.format(language))


@post("/{token:str}", status_code=200, problems=[INVALID_LINK], sets_cookie=True)
async def reset_password(
    token: str, data: PasswordReset, request: AnyRequest, language: Language
) -> Response[ResetDone]:
    """Set the new password of the account that a link is for, once; all its sessions end.

    A password that is refused doesn't use the link up. This browser is the one device that the account knows from then
    on, so nobody who guesses keeps its owner from logging in.
    """
    digest = token_digest(token)
    account = await sql.get_password_reset(token_digest=digest) if digest else None
    if digest is None or account is None:
        raise Problem(INVALID_LINK)
    own_words = await accounts.get_own_words(
        user_id=account.id,  # owner: whose link it was
    )
    async with password_hasher.turn(networks_of(client_address(request))):
        await refuse_weak(data.password, own_words)
        password = await password_hasher.hash(data.password)
    device = issue_token()
    async with sql.transaction():
        if await sql.reset_password(token_digest=digest, password=password, network=client_network()) is None:
            # Another request has used the link meanwhile, or it has ended.
            raise Problem(INVALID_LINK)
        # With statements of their own, which see a login that came just before.
        await sessions.end_other_sessions(
            user_id=account.id,  # owner: whose link it was
            session_id=_NO_SESSION,
            network=client_network(),
        )
        await sessions.renew_devices(
            user_id=account.id,  # owner: whose link it was
            device_digest=[device.digest],
        )
        await mails.add_mail(
            user_id=account.id,  # owner: whose link it was
            kind=PASSWORD_CHANGED,
            recipient=account.email,
            language=language,
            parameters={},
        )
    tell("password_reset", account.id)
    callers.forget(account.id)
    await _confirm_email(account)
    return Response(
        ResetDone(RESET_DONE.format(language)), cookies=[device_cookie(device, cookie_devices(request), request)]
    )


async def _confirm_email(account: ResetAccount) -> None:
    """Confirm the address that the link was mailed to."""
    try:
        # A savepoint, if this is part of a transaction.
        async with sql.transaction():
            confirmed = await sql.confirm_email_of_reset(
                user_id=account.id,  # owner: whose link it was
                email=account.email,
                network=client_network(),
            )
    except Problem as problem:
        # Another account of the address has confirmed it at the same moment; the new password is set nevertheless.
        if problem.type != EMAIL_TAKEN:
            raise
    else:
        if confirmed is not None:
            tell("email_confirmed", account.id)


router = Router("/api/reset-password", route_handlers=[ask_password_reset, reset_password], tags=["Passwords"])
