"""Facts of password resets, for checks, seed and documentation."""

from secrets import token_bytes
from typing import Final

from api.facts import Facts, Table

FACTS: Final = Facts(
    tables={"password_resets": Table({"user_id": "user"}, {"password_resets_pkey": "user_id"})},
    examples={
        "issue_password_resets.token_digest": lambda _: [token_bytes(32)],
        "get_password_reset.token_digest": lambda _: token_bytes(32),
        "reset_password.token_digest": lambda _: token_bytes(32),
        "most": 3,
    },
)
