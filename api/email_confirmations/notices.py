"""Words about an account to its address, which is anybody's until it's confirmed."""

from api.auth.mails import may_be_mailed
from api.auth.throttling import notice_charges
from api.email_confirmations.queries import sql
from api.email_confirmations.schemas import EmailNotice
from api.mail.kinds import QueuedMail


async def find_reader(mail: QueuedMail) -> EmailNotice | None:
    """Whom a word about an account is for; None if the address isn't confirmed, and has had enough of them."""
    if mail.user_id is None:
        return None
    reader = await sql.get_email_notice(user_id=mail.user_id, email=mail.recipient)  # owner: whom the mail is for
    if reader is None or not (reader.is_confirmed or await may_be_mailed(mail, notice_charges(mail.recipient))):
        return None
    return reader
