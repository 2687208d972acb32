"""Made-up families. A family's number decides everything about it, so the same numbers give the same families."""

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final, TypeVar

import msgspec

from api.seed.rows import Account, Child, Family, Goal, Profile
from api.seed.vocabulary import CHILDREN, DUTCH, ENGLISH, FATHERS, MOTHERS, SURNAMES

T = TypeVar("T")

# One family registers every ten minutes for a year, and then the year begins again.
_BEGINNING: Final = datetime(2025, 1, 1, tzinfo=UTC)
_INTERVAL: Final = timedelta(minutes=10)
_INTERVALS: Final = 365 * 24 * 6

_encode: Final = msgspec.json.Encoder().encode
_EMAIL_NAMES: Final = {
    name: "".join(filter(str.isalpha, unicodedata.normalize("NFKD", name))).encode("ascii", "ignore").decode().lower()
    for name in (*MOTHERS, *FATHERS, *SURNAMES)
}


def make_family(number: int) -> Family:
    """Family of this number: its onboarding is complete, so its document holds only what the rows don't."""
    return _Maker(number).family()


class _Maker:
    def __init__(self, number: int) -> None:
        self._number = number
        self._random = Random(number)  # noqa: S311
        self._words = self._weighted((DUTCH, 85), (ENGLISH, 15))
        self._created_at = _BEGINNING + number % _INTERVALS * _INTERVAL

    def family(self) -> Family:
        kind = self._weighted(("mom", 60), ("dad", 35), ("other", 5))
        name = self._random.choice({"mom": MOTHERS, "dad": FATHERS}.get(kind, MOTHERS + FATHERS))
        children = [
            self._child(name)
            for name in self._random.sample(CHILDREN, self._weighted((0, 5), (1, 30), (2, 40), (3, 20), (4, 5)))
        ]
        goals = [self._goal(*goal) for goal in self._random.sample(self._words.goals, self._random.randrange(6))]
        return Family(self._account(name), self._profile(name, kind, children), children, goals)

    def _account(self, name: str) -> Account:
        surname = self._random.choice(SURNAMES)
        return Account(
            username=f"family-{self._number}",
            email=f"{_EMAIL_NAMES[name]}.{_EMAIL_NAMES[surname]}.{self._number}@example.org",
            created_at=self._created_at,
        )

    def _profile(self, name: str, kind: str, children: Sequence[Child]) -> Profile:
        random, words = self._random, self._words
        stress_level = self._weighted(("low", 20), ("moderate", 45), ("high", 25), ("very_high", 10))
        experience_level = random.choice(("experienced", "multiple_children")) if len(children) > 1 else "first_time"
        concerns = random.sample(words.concerns, random.randrange(1, 4))
        support = random.sample(words.support, random.randrange(4))
        contact = self._perhaps(0.6, words.contact)
        document = {
            "basicInfo": {"parentType": kind},
            "goals": {"supportAreas": random.sample(words.support_areas, random.randrange(1, 3))},
        }
        return Profile(
            name=name,
            stress_level=stress_level,
            experience_level=experience_level,
            primary_concerns=concerns,
            support_network=support,
            bio=self._perhaps(0.4, words.bios),
            preferred_language="nl" if words is DUTCH else "en",
            communication_preference=contact,
            completed_onboarding=True,
            current_onboarding_step=4,
            onboarding_data=_encode(document).decode(),
            last_suggestion_check=self._created_at,
            created_at=self._created_at,
            updated_at=self._created_at + timedelta(minutes=random.randrange(3, 90)),
        )

    def _child(self, name: str) -> Child:
        random, words = self._random, self._words
        age = random.randrange(19)
        routines: dict[str, Any] = {
            part: random.sample(steps, 3) for part, steps in words.routines.items() if self._happens(0.5)
        }
        if age < 13:
            routines[words.bedtime] = f"{19 + age // 7}:{random.choice(('00', '15', '30', '45'))}"
        return Child(
            name=name,
            age=age,
            special_needs=random.sample(words.needs, self._weighted((0, 70), (1, 22), (2, 8))),
            routines=_encode(routines).decode(),
            development_notes=self._perhaps(0.5, words.notes),
            last_assessment=self._created_at - self._days(1, 300) if self._happens(0.3) else None,
            created_at=self._created_at,
            updated_at=self._created_at,
        )

    def _goal(self, title: str, description: str) -> Goal:
        status = self._weighted(("active", 65), ("achieved", 25), ("paused", 10))
        achieved_date = self._created_at + self._days(1, 90) if status == "achieved" else None
        return Goal(
            title=title,
            description=description,
            category=self._weighted(("short_term", 55), ("long_term", 35), ("general", 10)),
            priority=self._random.randrange(0, 101, 5),
            status=status,
            target_date=self._created_at + self._days(14, 365) if self._happens(0.5) else None,
            achieved_date=achieved_date,
            created_at=self._created_at,
            updated_at=achieved_date or self._created_at,
        )

    def _weighted(self, *choices: tuple[T, int]) -> T:
        return self._random.choices([value for value, _ in choices], [weight for _, weight in choices])[0]

    def _happens(self, chance: float) -> bool:
        return self._random.random() < chance

    def _perhaps(self, chance: float, choices: Sequence[str]) -> str | None:
        return self._random.choice(choices) if self._happens(chance) else None

    def _days(self, least: int, most: int) -> timedelta:
        return timedelta(days=self._random.randrange(least, most))
