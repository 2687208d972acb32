"""Using the link of a mail that confirms an address."""

from api.auth.facts import INVALID_LINK
from api.auth.networks import client_network
from api.auth.security_events import tell
from api.auth.tokens import token_digest
from api.email_confirmations.queries import sql
from api.problems.problem import Problem


async def confirm(token: str) -> None:
    """Confirm the address of a link, which is used up.

    Raises:
        Problem: `invalid_link`, or `email_taken`, after which the link still works.

    """
    digest = token_digest(token)
    confirmed = await sql.confirm_email(token_digest=digest, network=client_network()) if digest else None
    if confirmed is None:
        raise Problem(INVALID_LINK)
    tell("email_changed" if confirmed.is_change else "email_confirmed", confirmed.user_id)
