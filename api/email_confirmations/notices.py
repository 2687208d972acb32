"""Whether a word about an account is mailed: anybody may have named the address of one that hasn't confirmed it."""

from api.auth.throttling import has_room, notice_charges
from api.email_confirmations.queries import sql
from api.mail.kinds import QueuedMail


async def may_be_told(mail: QueuedMail) -> bool:
    """Whether an account's address is told: always if it's confirmed, else while there's room for its notices.

    A mail is counted once, at its first attempt.
    """
    if mail.user_id is not None:
        notice = await sql.get_email_notice(user_id=mail.user_id, email=mail.recipient)  # owner: whom the mail is for
        if notice is not None and notice.is_confirmed:
            return True
    return mail.attempts > 1 or await has_room(notice_charges(mail.recipient))
