"""Sample children."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.problems.text import Language
from api.samples import Chance, Row, SampleFamily

TABLE: Final = "child_profiles"

_NAMES: Final = (
    "Bram", "Zoë", "Milan", "Julia", "Sem", "Saar", "Finn", "Lieke", "Mees", "Tess", "Teun", "Evi", "Luuk", "Nora",
    "Jip", "Fenna", "Guus", "Pleun", "Mila", "Levi", "Yara", "Noah", "Amir", "Hanna", "Ilyas", "Defne", "Aylin",
    "Zeynep", "Imran", "Jayden", "Aarav", "Anaya", "Lin", "Oliwia", "Jakub", "Daryna", "Mateo", "Lucía", "Maëlle",
    "Nils", "Kofi", "Ada", "Selin", "Liam", "Olivia", "Isaac", "Maya", "Elif-Su", "Jan-Willem", "Lou",
)  # fmt: skip
_NEEDS: Final[Mapping[Language, Sequence[str]]] = {
    "nl": ("koemelkallergie", "ADHD", "bril", "logopedie", "dyslexie", "hoogsensitief", "astma", "notenallergie"),
    "en": ("dairy allergy", "ADHD", "glasses", "speech therapy", "dyslexia", "autism", "asthma", "nut allergy"),
}  # fmt: skip
_NOTES: Final[Mapping[Language, Sequence[str]]] = {
    "nl": (
        "Slaapt sinds kort door, maar wordt vroeg wakker.",
        "Praat honderduit en stelt veel vragen.",
        "Vindt nieuwe situaties spannend; een vaste volgorde helpt.",
        "Is dol op buiten zijn en leert nu fietsen.",
    ),
    "en": (
        "Sleeps through most nights now.",
        "Switches between languages with ease.",
        "Finds new places hard; a picture schedule helps.",
        "Loves building things and explaining how they work.",
    ),
}  # fmt: skip
_ROUTINES: Final[Mapping[Language, Mapping[str, Sequence[str]]]] = {
    "nl": {
        "ochtend": ("aankleden", "ontbijt", "tanden poetsen", "naar school lopen", "boterhammen smeren"),
        "middag": ("fruit", "buiten spelen", "huiswerk", "zwemles", "lezen"),
        "avond": ("samen eten", "in bad", "tanden poetsen", "voorlezen", "liedje"),
    },
    "en": {
        "morning": ("get dressed", "breakfast", "brush teeth", "walk to school", "pack lunch"),
        "afternoon": ("snack", "play outside", "homework", "swimming", "reading"),
        "evening": ("dinner together", "bath", "brush teeth", "bedtime story", "song"),
    },
}  # fmt: skip
_BEDTIME: Final[Mapping[Language, str]] = {
    "nl": "bedtijd",
    "en": "bedtime",
}  # fmt: skip


def rows(family: SampleFamily) -> list[Row]:
    """Children of a family, each with another name."""
    chance = family.chance(TABLE)
    count = chance.weighted((0, 5), (1, 30), (2, 40), (3, 20), (4, 5))
    return [_child(family, chance, name) for name in chance.sample(_NAMES, count)]


def _child(family: SampleFamily, chance: Chance, name: str) -> Row:
    language = family.language
    age = chance.number(0, 18)
    routines: dict[str, Any] = {
        part: chance.sample(steps, 3) for part, steps in _ROUTINES[language].items() if chance.happens(0.5)
    }
    if age < 13:
        routines[_BEDTIME[language]] = f"{19 + age // 7}:{chance.choice(('00', '15', '30', '45'))}"
    return {
        "name": name,
        "age": age,
        "special_needs": chance.sample(_NEEDS[language], chance.weighted((0, 70), (1, 22), (2, 8))),
        "routines": routines,
        "development_notes": chance.optional_choice(0.5, _NOTES[language]),
        "last_assessment": family.created_at - chance.days(1, 299) if chance.happens(0.3) else None,
        "created_at": family.created_at,
        "updated_at": family.created_at,
    }
