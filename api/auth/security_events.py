"""Events that an operator looks for after an incident: who got in, who was refused, what protects an account changed.

They have a logger of their own, which is heard whatever LOG_LEVEL is. An account is told by its id and never by a name
that was typed, which may be a password in the wrong field. The client's address isn't told: it's personal data, and the
proxy in front has it, under the same request id, for as long as its log is kept.

What parents may read of it, for a year, are rows of audit_events: the statement that does a thing writes them.
"""

import logging
from functools import partial
from typing import Final, Literal, get_args

from api.database.transactions import deferred

logger: Final = logging.getLogger("api.security")

# Those of a login or a change that was refused.
Refusal = Literal["code_refused", "login_refused", "old_password_refused", "passkey_copied", "passkey_refused"]
# What `api.auth.failures` records. Whoever is asked for a second factor may know a password that isn't theirs.
Failure = Literal[Refusal, "second_factor_asked"]
# Both logged and rows of audit_events.
Recorded = Literal[
    Failure,
    "consent_given",
    "consent_withdrawn",
    "email_change_asked",
    "email_change_cancelled",
    "email_changed",
    "email_confirmed",
    "erased",
    "exported",
    "logged_in",
    "logged_out",
    "passkey_added",
    "passkey_removed",
    "password_changed",
    "password_reset",
    "password_reset_asked",
    "recovery_code_used",
    "recovery_codes_replaced",
    "registered",
    "session_ended",
    "sessions_ended",
    "totp_added",
    "totp_removed",
]
Event = Literal[Recorded, "attack_noticed", "throttled"]
_REFUSALS: Final = frozenset({*get_args(Refusal), "attack_noticed", "throttled"})
# A client can cause thousands of these a second, so of each kind and account one a second is logged, with their number.
_REPEATABLE: Final = _REFUSALS | {
    "consent_given",
    "consent_withdrawn",
    "email_change_asked",
    "password_reset_asked",
    "sessions_ended",
}


def tell(event: Event, user_id: int | None = None) -> None:
    """Log an event of an account, if it's known whose it is; the request is told by the log itself.

    What is part of a transaction that hasn't ended is logged once it's committed.
    """
    if not deferred(partial(_log, event, user_id)):
        _log(event, user_id)


def _log(event: Event, user_id: int | None) -> None:
    level = logging.WARNING if event in _REFUSALS else logging.INFO
    kind = {"kind": (event, user_id)} if event in _REPEATABLE else {}
    logger.log(level, event.replace("_", " "), extra={"event": event, "user_id": user_id, **kind})
