"""Facts of exports, for checks, seed and documentation."""

from typing import Final

from api.facts import Facts

FACTS: Final = Facts(
    examples={"mailbox": [64 * "0"], "until": 2**40},
)
