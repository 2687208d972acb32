"""Sample families, for `just seed` and rehearsals; a feature's `samples.py` makes their rows.

A family's number seeds all choices about it, so the same numbers give the same families; the rows of one table don't
depend on how many choices another table's took.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final, TypeVar

from api.problems.text import Language

T = TypeVar("T")

# Columns by name; documents of jsonb columns are plain data.
Row = dict[str, Any]

# A family registers every ten minutes for a year, then the year starts over.
_BEGINNING: Final = datetime(2025, 1, 1, tzinfo=UTC)
_INTERVAL: Final = timedelta(minutes=10)
_INTERVALS: Final = 365 * 24 * 6


class Chance:
    """Random choices that are the same for the same seed."""

    def __init__(self, seed: str) -> None:
        self._random = Random(seed)  # noqa: S311

    def number(self, least: int, most: int, step: int = 1) -> int:
        """A random whole number from `least` to `most`, both included."""
        return self._random.randrange(least, most + 1, step)

    def choice(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return self._random.choice(choices)

    def sample(self, choices: Sequence[T], count: int) -> list[T]:
        """`count` different ones of the choices."""
        return self._random.sample(choices, count)

    def weighted(self, *choices: tuple[T, int]) -> T:
        """One of the choices, in proportion to their weights."""
        return self._random.choices([value for value, _ in choices], [weight for _, weight in choices])[0]

    def happens(self, chance: float) -> bool:
        """True with a chance from 0 to 1."""
        return self._random.random() < chance

    def optional_choice(self, chance: float, choices: Sequence[T]) -> T | None:
        """One of the choices with a chance from 0 to 1, or else None."""
        return self.choice(choices) if self.happens(chance) else None

    def days(self, least: int, most: int) -> timedelta:
        """A random number of whole days."""
        return timedelta(days=self.number(least, most))


class SampleFamily:
    """A family to make rows for; `rows` are those that are made already, by table.

    A column that refers to another table's `id` has the position of one of the family's rows there, counted from 0 and
    starting over after the last, or None. A row that requires one is left out of a family without any.
    References to the same table stay null.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        chance = self.chance("family")
        self.language: Language = chance.weighted(("nl", 85), ("en", 15))
        self.created_at = _BEGINNING + number % _INTERVALS * _INTERVAL
        self.parent_type = chance.weighted(("mom", 60), ("dad", 35), ("other", 5))
        self.rows: dict[str, list[Row]] = {}

    def chance(self, topic: str) -> Chance:
        """Random choices about one topic, such as a table's rows."""
        return Chance(f"{self.number}/{topic}")
