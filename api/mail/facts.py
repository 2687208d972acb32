"""Facts of the queue of mails, for checks and documentation."""

from secrets import token_hex
from typing import Final

from api.facts import Facts, Table

FACTS: Final = Facts(
    tables={"mails": Table({"user_id": "user"}, may_be_nobodys=True)},
    examples={
        "kind": "password_changed",
        "kinds": ["password_changed"],
        "recipient": lambda _: f"{token_hex(8)}@example.org",
        "parameters": {},
        "attempts": 1,
        "least_attempts": 0,
    },
)
