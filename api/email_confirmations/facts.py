"""Facts of e-mail addresses that are confirmed, for checks, seed and documentation."""

from secrets import token_bytes, token_hex
from typing import Final

from api.facts import Facts, Table
from api.problems.types import ProblemType

EMAIL_TAKEN: Final = ProblemType(
    code="email_taken",
    status=409,
    title="E-mail address of another account",
    nl="Dit e-mailadres hoort al bij een ander account van je. Log daarmee in, of geef dat eerst een ander adres.",
    en="This e-mail address already belongs to another account of yours. Please log in with that one, or give it"
    " another address first.",
)

FACTS: Final = Facts(
    tables={"email_confirmations": Table({"user_id": "user"}, {"email_confirmations_pkey": "user_id"})},
    examples={
        "email": lambda family: f"{family.username}@example.org",
        "begin_email_change.email": lambda _: f"{token_hex(8)}@example.org",
        "issue_confirmation.token_digest": lambda _: token_bytes(32),
        "confirm_email.token_digest": lambda _: token_bytes(32),
    },
)
