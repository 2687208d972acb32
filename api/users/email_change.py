"""Changing the address of an account, which is in force once it's confirmed."""

from api.auth.cookies import AnyRequest
from api.auth.logins import client_address
from api.auth.mails import CONFIRM_EMAIL
from api.auth.networks import client_network, networks_of
from api.auth.passwords import password_hasher
from api.auth.queries import accounts
from api.auth.schemas import Caller
from api.auth.security_events import tell
from api.auth.throttling import charge, email_link_charges
from api.email_confirmations.mails import EMAIL_CHANGE_ASKED
from api.email_confirmations.queries import sql
from api.mail.queries import mails
from api.problems.problem import Problem
from api.problems.text import Language
from api.users.facts import WRONG_OLD_PASSWORD
from api.users.old_password import check_old_password


async def change_email(caller: Caller, email: str, password: str, request: AnyRequest, language: Language) -> None:
    """Mail a link to a new address, and tell the old one; the one that the account has already ends such a change.

    What is done doesn't depend on whether other accounts have that address.

    Raises:
        Problem: `wrong_old_password`, `too_many_attempts` or `too_busy`.

    """
    async with password_hasher.turn(networks_of(client_address(request))):
        stored = await check_old_password(caller, password)
    user = await accounts.get_user(user_id=caller.user_id)
    if email == user.email:
        if await sql.cancel_email_change(user_id=caller.user_id, email=email, network=client_network()) is not None:
            tell("email_change_cancelled", caller.user_id)
        return
    await charge(email_link_charges(caller.user_id), caller.user_id)
    async with sql.transaction(user_id=caller.user_id):
        begun = await sql.begin_email_change(
            user_id=caller.user_id, password=stored, email=email, network=client_network()
        )
        if begun is None:
            # Another request has changed the password meanwhile.
            raise Problem(WRONG_OLD_PASSWORD)
        for kind, recipient in ((CONFIRM_EMAIL, email), (EMAIL_CHANGE_ASKED, user.email)):
            await mails.add_mail(
                user_id=caller.user_id, kind=kind, recipient=recipient, language=language, parameters={}
            )
    tell("email_change_asked", caller.user_id)
