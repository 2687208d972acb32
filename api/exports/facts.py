"""Facts of exports, for checks, seed and documentation."""

from datetime import UTC, datetime
from typing import Final

from api.facts import Facts

FACTS: Final = Facts(
    examples={"after_happened_at": lambda _: datetime.min.replace(tzinfo=UTC), "mailbox": [64 * "0"], "until": 2**40},
)
