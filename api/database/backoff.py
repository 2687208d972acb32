"""Waits between attempts to reach what is away, such as the database."""

from random import uniform
from typing import Final

# Seconds, for the database.
SHORTEST: Final = 0.1
LONGEST: Final = 2.0


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row: twice as long each time, within bounds.

    They differ at random by half, so that connections that were lost together don't come back together.
    """
    return doubled(failures, SHORTEST, LONGEST) * uniform(0.5, 1.0)  # noqa: S311


def doubled(failures: int, shortest: float, longest: float) -> float:
    """The shortest wait after one failure, twice as long after each further one in a row, and at most the longest."""
    return min(longest, shortest * 2.0 ** min(failures - 1, 10))
