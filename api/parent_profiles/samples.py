"""Sample profiles of parents."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from api.problems.text import Language
from api.samples import Row, SampleFamily

MOTHERS: Final = (
    "Noor", "Sanne", "Emma", "Lotte", "Femke", "Marieke", "Anouk", "Fleur", "Ilse", "Wendy", "Annemiek", "Roos",
    "Fatima", "Samira", "Ayşe", "Elif", "Naima", "Shanice", "Priya", "Mei", "Agnieszka", "Zofia", "Olena", "Sofía",
    "Chloé", "Ingrid", "Amara", "Selam", "Yasmin", "Chidinma",
)  # fmt: skip
FATHERS: Final = (
    "Jeroen", "Bas", "Thijs", "Daan", "Maarten", "Ruben", "Sjoerd", "Koen", "Pieter", "Wouter", "Gijs", "Joost",
    "Mohamed", "Youssef", "Mehmet", "Emre", "Bilal", "Clyde", "Arjun", "Wei", "Piotr", "Marek", "Andrij", "José",
    "Étienne", "Björn", "Kwame", "Tesfay", "Omar", "Chinedu",
)  # fmt: skip
_CONCERNS: Final[Mapping[Language, Sequence[str]]] = {
    "nl": (
        "slapen", "eten", "driftbuien", "schermtijd", "zindelijk worden", "ruzie tussen de kinderen", "luisteren",
        "faalangst", "huiswerk", "mijn eigen energie", "tijd voor elkaar", "pesten", "wennen op school",
    ),
    "en": (
        "sleep", "picky eating", "tantrums", "screen time", "potty training", "sibling rivalry", "listening",
        "anxiety", "homework", "my own energy", "settling in a new country", "bilingual upbringing",
    ),
}  # fmt: skip
_SUPPORT: Final[Mapping[Language, Sequence[str]]] = {
    "nl": ("partner", "oma en opa", "buren", "vrienden", "oppas", "consultatiebureau", "leerkracht", "huisarts"),
    "en": ("partner", "grandparents", "neighbours", "friends", "babysitter", "health visitor", "teacher"),
}  # fmt: skip
_SUPPORT_AREAS: Final[Mapping[Language, Sequence[str]]] = {
    "nl": ("slapen", "grenzen stellen", "gezond eten", "rust in huis", "omgaan met emoties", "schermtijd"),
    "en": ("sleep", "setting limits", "healthy food", "calm at home", "big emotions", "screen time"),
}  # fmt: skip
_CONTACT: Final[Mapping[Language, Sequence[str]]] = {
    "nl": ("e-mail", "app", "telefoon", "'s avonds na acht uur"),
    "en": ("email", "app", "phone", "after 8 pm"),
}  # fmt: skip
_BIOS: Final[Mapping[Language, Sequence[str]]] = {
    "nl": (
        "Werkt vier dagen en zoekt meer rust aan tafel.",
        "Net verhuisd; de kinderen wennen aan een nieuwe school.",
        "Co-ouder, om de week een vol huis.",
        "Voedt alleen op, met veel hulp van oma.",
    ),
    "en": (
        "Moved here two years ago; we speak two languages at home.",
        "Works shifts, and looks for routines that survive them.",
        "Single parent with a lovely village around us.",
    ),
}  # fmt: skip


def parent_name(family: SampleFamily) -> str:
    """Name of the parent."""
    return family.chance("name").choice({"mom": MOTHERS, "dad": FATHERS}.get(family.parent_type, MOTHERS + FATHERS))


def profile(family: SampleFamily) -> Row:
    """Profile after a complete onboarding, whose document holds only the answers that have no column."""
    chance, language = family.chance("parent_profiles"), family.language
    experienced = len(family.rows.get("child_profiles", ())) > 1
    return {
        "name": parent_name(family),
        "stress_level": chance.weighted(("low", 20), ("moderate", 45), ("high", 25), ("very_high", 10)),
        "experience_level": chance.choice(("experienced", "multiple_children")) if experienced else "first_time",
        "primary_concerns": chance.sample(_CONCERNS[language], chance.number(1, 3)),
        "support_network": chance.sample(_SUPPORT[language], chance.number(0, 3)),
        "bio": chance.optional_choice(0.4, _BIOS[language]),
        "preferred_language": language,
        "communication_preference": chance.optional_choice(0.6, _CONTACT[language]),
        "completed_onboarding": True,
        "current_onboarding_step": 4,
        "onboarding_data": {
            "basicInfo": {"parentType": family.parent_type},
            "goals": {"supportAreas": chance.sample(_SUPPORT_AREAS[language], chance.number(1, 2))},
        },
        "last_suggestion_check": family.created_at,
        "created_at": family.created_at,
        "updated_at": family.created_at + timedelta(minutes=chance.number(3, 89)),
    }
