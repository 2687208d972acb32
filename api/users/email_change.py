"""Changing the address of an account, which is in force once it's confirmed."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from api.auth.cookies import AnyRequest
from api.auth.logins import client_address
from api.auth.mails import CONFIRM_EMAIL
from api.auth.networks import client_network, networks_of
from api.auth.passwords import password_hasher
from api.auth.queries import accounts
from api.auth.schemas import Caller
from api.auth.security_events import Event, tell
from api.auth.throttling import charge, email_link_charges
from api.email_confirmations.mails import EMAIL_CHANGE_ASKED
from api.email_confirmations.queries import sql
from api.http.conditional import Condition, changed
from api.mail.queries import mails
from api.problems.problem import Problem
from api.problems.text import Language
from api.users.facts import WRONG_OLD_PASSWORD
from api.users.old_password import check_old_password
from api.users.queries import sql as users
from api.users.schemas import account_tag


@asynccontextmanager
async def changing_email(  # noqa: PLR0913, PLR0917
    caller: Caller, email: str, password: str, request: AnyRequest, language: Language, condition: Condition
) -> AsyncIterator[None]:
    """Mail a link to a new address, and tell the old one; the one that the account has already ends such a change.

    What is done doesn't depend on whether other accounts have that address. The block is in its transaction.

    Raises:
        Problem: `wrong_old_password`, `too_many_attempts`, `too_busy` or `precondition_failed`.

    """
    async with password_hasher.turn(networks_of(client_address(request))):
        stored = await check_old_password(caller, password)
    user = await accounts.get_user(user_id=caller.user_id)
    is_other, network = email != user.email, client_network()
    if is_other:
        await charge(email_link_charges(caller.user_id), caller.user_id)
    async with sql.transaction(user_id=caller.user_id):
        changed(await users.hold_user(user_id=caller.user_id, versions=condition.versions), account_tag)
        if is_other:
            begun = await sql.begin_email_change(user_id=caller.user_id, password=stored, email=email, network=network)
            if begun is None:
                # Another request has changed the password meanwhile.
                raise Problem(WRONG_OLD_PASSWORD)
            for kind, recipient in ((CONFIRM_EMAIL, email), (EMAIL_CHANGE_ASKED, user.email)):
                await mails.add_mail(
                    user_id=caller.user_id, kind=kind, recipient=recipient, language=language, parameters={}
                )
            done: Event | None = "email_change_asked"
        else:
            cancelled = await sql.cancel_email_change(user_id=caller.user_id, email=email, network=network)
            done = None if cancelled is None else "email_change_cancelled"
        yield
    if done:
        tell(done, caller.user_id)
