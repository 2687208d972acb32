"""Made-up families: what a feature's `samples.py` makes rows of, for `just seed` and rehearsals.

A family's number decides everything about it, so the same numbers give the same families; what is made of one table
changes nothing of another's.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final, TypeVar

from api.problems.text import Language

T = TypeVar("T")

# Columns by name; documents of jsonb columns are plain data.
Row = dict[str, Any]

# One family registers every ten minutes for a year, and then the year begins again.
_BEGINNING: Final = datetime(2025, 1, 1, tzinfo=UTC)
_INTERVAL: Final = timedelta(minutes=10)
_INTERVALS: Final = 365 * 24 * 6


class Chance:
    """Choices that are the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)  # noqa: S311

    def number(self, least: int, most: int, step: int = 1) -> int:
        """A whole number from `least` to `most`."""
        return self._random.randrange(least, most + 1, step)

    def one(self, choices: Sequence[T]) -> T:
        """One of some choices."""
        return self._random.choice(choices)

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """So many different ones of some choices."""
        return self._random.sample(choices, count)

    def weighted(self, *choices: tuple[T, int]) -> T:
        """One of some choices, the more often the greater its weight."""
        return self._random.choices([value for value, _ in choices], [weight for _, weight in choices])[0]

    def happens(self, chance: float) -> bool:
        """Whether something with a chance from 0 to 1 comes about."""
        return self._random.random() < chance

    def perhaps(self, chance: float, choices: Sequence[T]) -> T | None:
        """One of some choices with a chance from 0 to 1, or None."""
        return self.one(choices) if self.happens(chance) else None

    def days(self, least: int, most: int) -> timedelta:
        """A time of so many days."""
        return timedelta(days=self.number(least, most))


class SampleFamily:
    """A family to make rows of; `members` are its rows that are made already, by table."""

    def __init__(self, number: int) -> None:
        self.number = number
        chance = self.chance("family")
        self.language: Language = chance.weighted(("nl", 85), ("en", 15))
        self.created_at = _BEGINNING + number % _INTERVALS * _INTERVAL
        self.parent_type = chance.weighted(("mom", 60), ("dad", 35), ("other", 5))
        self.members: dict[str, list[Row]] = {}

    def chance(self, of: str) -> Chance:
        """Choices for one thing of the family, such as a table's rows."""
        return Chance(f"{self.number}/{of}")
