"""Waits between attempts to reach the database, or another server."""

from random import uniform
from typing import Final

# Seconds.
SHORTEST: Final = 0.1
LONGEST: Final = 2.0


def backoff(failures: int) -> float:
    """Seconds to wait for the database after so many failures in a row."""
    return growing_wait(failures, SHORTEST, LONGEST)


def growing_wait(failures: int, shortest: float, longest: float) -> float:
    """Seconds to wait after so many failures in a row: twice as long each time, within bounds.

    They differ at random by half, so that connections that were lost together don't come back together.
    """
    return min(longest, shortest * 2.0 ** min(failures - 1, 10)) * uniform(0.5, 1.0)  # noqa: S311
