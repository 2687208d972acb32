"""Facts of the activity of accounts, for checks, seed and documentation."""

from typing import Final

from api.facts import Facts
from api.http.schemas import LARGEST_ID

FACTS: Final = Facts(examples={"before": LARGEST_ID})
