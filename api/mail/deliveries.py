"""One attempt to send a mail."""

import logging
from typing import Final

from api.mail.kinds import KINDS, QueuedMail
from api.mail.queries import mails
from api.mail.rendering import Renderer, UndeliverableError
from api.mail.transports import Deliver, RecipientRefusedError, ServerAwayError, TryLaterError
from api.metrics import Counter

logger = logging.getLogger(__name__)

_MAILS: Final = Counter(
    "nestwerk_mails_total",
    "Attempts to send a mail: sent, dropped as there was nothing to say, refused for good, or failed for now.",
    "kind",
    "outcome",
)


async def deliver_mail(mail: QueuedMail, renderer: Renderer, deliver: Deliver) -> None:
    """Compose a mail, hand it over, and remove it from the queue; what fails for now stays there, and is due later.

    Raises:
        ServerAwayError: no mail can be handed over now.
        TryLaterError: the connection can't be used any more.

    """
    try:
        message = await KINDS[mail.kind](mail)
        if message is not None:
            await deliver(renderer.render(mail, message))
    except ServerAwayError:
        raise
    except (RecipientRefusedError, UndeliverableError) as error:
        outcome = "refused"
        _log("a mail is refused", "mail_refused", mail, str(error))
    except Exception as error:
        _MAILS.add(mail.kind, "failed")
        tried = isinstance(error, TryLaterError)
        _log("a mail is sent again later", "mail_failed", mail, str(error) if tried else type(error).__name__)
        if tried:
            raise
        return
    else:
        outcome = "dropped" if message is None else "sent"
    await mails.remove_mail(id=mail.id)
    _MAILS.add(mail.kind, outcome)


def _log(message: str, event: str, mail: QueuedMail, error: str) -> None:
    logger.warning(
        message,
        extra={"event": event, "kind": (event, error), "user_id": mail.user_id, "mail": mail.kind, "error": error},
    )
