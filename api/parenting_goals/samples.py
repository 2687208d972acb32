"""Sample goals."""

from collections.abc import Mapping, Sequence
from typing import Final

from api.problems.text import Language
from api.samples import Chance, Row, SampleFamily

TABLE: Final = "parenting_goals"

# Titles and descriptions.
_GOALS: Final[Mapping[Language, Sequence[tuple[str, str]]]] = {
    "nl": (
        ("Samen eten", "Minstens vier avonden in de week, zonder telefoons."),
        ("Om half acht naar bed", "Elke avond dezelfde volgorde: bad, boek, bed."),
        ("Minder schermtijd", "Op schooldagen hooguit een half uur."),
        ("Rustiger blijven bij driftbuien", "Eerst zelf ademhalen, dan pas praten."),
        ("Elke dag buiten", "Ook als het regent: laarzen aan."),
        ("Zelf aankleden", "De kleren liggen 's avonds klaar."),
        ("Meer groente", "Elke week iets nieuws proeven."),
        ("Voorlezen", "Een kwartier voor het slapengaan."),
        ("Een avond voor onszelf", ""),
        ("Zonder ruzie naar school", "Tien minuten eerder opstaan."),
        ("Complimenten geven", "Drie op een dag, en zeggen waarvoor."),
        ("Zindelijk voor de zomer", ""),
        ("Huiswerk zonder strijd", "Op een vaste plek en tijd."),
        ("Meer geduld", ""),
    ),
    "en": (
        ("Eat dinner together", "At least four evenings a week, phones away."),
        ("In bed by half past seven", "The same order every evening: bath, book, bed."),
        ("Less screen time", "Half an hour at most on school days."),
        ("Stay calm during tantrums", "Breathe first, talk later."),
        ("Outside every day", "Rain is no excuse."),
        ("Getting dressed alone", ""),
        ("More vegetables", "Try one new thing a week."),
        ("A bedtime story", "In both languages, taking turns."),
        ("An evening for ourselves", ""),
        ("Mornings without shouting", "Get up ten minutes earlier."),
        ("Homework without a fight", "A fixed place and time."),
        ("Praise more", "Three times a day, and say what for."),
    ),
}  # fmt: skip


def rows(family: SampleFamily) -> list[Row]:
    """Goals of a family, each with another title."""
    chance = family.chance(TABLE)
    return [_goal(family, chance, *goal) for goal in chance.sample(_GOALS[family.language], chance.number(0, 5))]


def _goal(family: SampleFamily, chance: Chance, title: str, description: str) -> Row:
    status = chance.weighted(("active", 65), ("achieved", 25), ("paused", 10))
    achieved_date = family.created_at + chance.days(1, 89) if status == "achieved" else None
    return {
        "title": title,
        "description": description,
        "category": chance.weighted(("short_term", 55), ("long_term", 35), ("general", 10)),
        "priority": chance.number(0, 100, 5),
        "status": status,
        "target_date": family.created_at + chance.days(14, 364) if chance.happens(0.5) else None,
        "achieved_date": achieved_date,
        "created_at": family.created_at,
        "updated_at": achieved_date or family.created_at,
    }
