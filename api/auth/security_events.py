"""Events that an operator looks for after an incident: who got in, who was refused, what protects an account changed.

They have a logger of their own, which is heard whatever LOG_LEVEL is. An account is told by its id and never by a name
that was typed, which may be a password in the wrong field. The client's address isn't told: it's personal data, and the
proxy in front has it, under the same request id, for as long as its log is kept.
"""

import logging
from typing import Final, Literal

logger: Final = logging.getLogger("api.security")

Event = Literal[
    "attack_noticed",
    "consent_given",
    "consent_withdrawn",
    "email_change_asked",
    "code_refused",
    "email_changed",
    "email_confirmed",
    "logged_in",
    "logged_out",
    "login_refused",
    "old_password_refused",
    "other_sessions_ended",
    "passkey_added",
    "passkey_copied",
    "passkey_refused",
    "passkey_removed",
    "passkey_used",
    "password_changed",
    "password_reset",
    "password_reset_asked",
    "recovery_code_used",
    "recovery_codes_replaced",
    "registered",
    "second_factor_asked",
    "session_ended",
    "throttled",
    "totp_added",
    "totp_removed",
]
_REFUSALS: Final = frozenset(
    {
        "attack_noticed",
        "code_refused",
        "login_refused",
        "old_password_refused",
        "passkey_copied",
        "passkey_refused",
        "throttled",
    }
)
# A client can cause thousands of these a second, so of each kind and account one a second is logged, with their number.
_REPEATABLE: Final = _REFUSALS | {
    "consent_given",
    "consent_withdrawn",
    "email_change_asked",
    "other_sessions_ended",
    "password_reset_asked",
}


def tell(event: Event, user_id: int | None = None) -> None:
    """Log an event of an account, if it's known whose it is; the request is told by the log itself."""
    level = logging.WARNING if event in _REFUSALS else logging.INFO
    kind = {"kind": (event, user_id)} if event in _REPEATABLE else {}
    logger.log(level, event.replace("_", " "), extra={"event": event, "user_id": user_id, **kind})
