"""Sample accounts."""

import unicodedata
from typing import Final

from api.samples import Row, SampleFamily

_SURNAMES: Final = (
    "de Vries", "Jansen", "van den Berg", "Bakker", "van Dijk", "Visser", "Smit", "Meijer", "de Boer", "Mulder",
    "Bos", "Vos", "Hendriks", "van Leeuwen", "Dekker", "Brouwer", "de Wit", "Dijkstra", "Hoekstra", "'t Hart",
    "El Amrani", "Benali", "Öztürk", "Demir", "Ramdin", "Pinas", "Sharma", "Chen", "Nowak", "Kovalenko",
    "García", "Dubois", "Lindström", "Mensah", "Haile", "Okafor", "O'Brien", "Nguyễn", "Silva", "Rossi",
)  # fmt: skip


def account(family: SampleFamily, name: str) -> Row:
    """Account of a parent with this name, without a password."""
    surname = family.chance("surname").choice(_SURNAMES)
    return {
        "username": f"family-{family.number}",
        "email": f"{_address(name)}.{_address(surname)}.{family.number}@example.org",
        "created_at": family.created_at,
        "updated_at": family.created_at,
    }


def _address(name: str) -> str:
    letters = "".join(filter(str.isalpha, unicodedata.normalize("NFKD", name)))
    return letters.encode("ascii", "ignore").decode().lower()
