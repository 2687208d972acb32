"""Facts of the activity of accounts, for checks, seed and documentation."""

from datetime import UTC, datetime
from typing import Final

from api.facts import Facts
from api.http.schemas import LARGEST_ID

FACTS: Final = Facts(
    examples={
        "before_happened_at": lambda _: datetime.max.replace(tzinfo=UTC),
        "before_id": LARGEST_ID,
    },
)
