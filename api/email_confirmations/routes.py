"""The caller's e-mail address: whether it's confirmed, another link, and the use of one."""

from litestar import Router

from api.auth.facts import INVALID_LINK, TOO_MANY_ATTEMPTS
from api.auth.mails import CONFIRM_EMAIL
from api.auth.schemas import Caller
from api.auth.throttling import charge, email_link_charges
from api.email_confirmations.confirming import confirm
from api.email_confirmations.facts import EMAIL_TAKEN
from api.email_confirmations.pages import ask, use
from api.email_confirmations.queries import sql
from api.email_confirmations.schemas import CONFIRMED, LINK_ON_ITS_WAY, Confirmed, EmailStatus, LinkSent
from api.http.endpoint import get, post
from api.mail.queries import mails
from api.problems.text import Language


@get("/api/users/me/email")
async def get_email_status(caller: Caller) -> EmailStatus:
    """The caller's e-mail address, whether it's confirmed, and the one that is to take its place."""
    return await sql.get_email_status(user_id=caller.user_id)


@post("/api/users/me/email/confirmation", status_code=200, problems=[TOO_MANY_ATTEMPTS])
async def send_confirmation(caller: Caller, language: Language) -> LinkSent:
    """Mail another link to the address that the caller is to confirm; the one before ends."""
    await charge(email_link_charges(caller.user_id), caller.user_id)
    status = await sql.get_email_status(user_id=caller.user_id)
    await mails.add_mail(
        user_id=caller.user_id,
        kind=CONFIRM_EMAIL,
        recipient=status.pending_email or status.email,
        language=language,
        parameters={},
    )
    return LinkSent(LINK_ON_ITS_WAY.format(language))


@post("/api/confirm-email/{token:str}", status_code=200, problems=[INVALID_LINK, EMAIL_TAKEN])
async def confirm_email(token: str, language: Language) -> Confirmed:
    """Confirm the address of a link: it's the account's own from then on, and nobody else's."""
    await confirm(token)
    return Confirmed(CONFIRMED.format(language))


router = Router(
    "/", route_handlers=[get_email_status, send_confirmation, confirm_email, ask, use], tags=["E-mail addresses"]
)
