"""Facts of kept answers, for checks and documentation."""

from typing import Final

from api.facts import Facts, Table

FACTS: Final = Facts(
    tables={"idempotency_keys": Table({"user_id": "user"}, may_be_nobodys=True)},
    examples={"key_digest": b"k" * 32, "sealed_answer": b"s" * 64},
)
