"""The language of a response."""

import re
from typing import Final

from api.problems.text import DEFAULT_LANGUAGE, LANGUAGES, Language

_RANGE: Final = re.compile(
    r"\s*(\*|[a-z]{1,8})(?:-[a-z0-9]{1,8})*\s*(?:;\s*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)\s*)?", re.IGNORECASE | re.ASCII
)
# Bytes of a header that are read. Browsers send less than a hundred.
_LONGEST: Final = 512
# Below the lowest weight that a header can give (0.001), above refusal (0).
_UNLISTED: Final = 0.0001


def negotiate_language(accept_language: bytes | str | None, preferred: str | None = None) -> Language:
    """Language of a response: from `Accept-Language`, or else the profile's, or else Dutch.

    Regions count as their language (nl-BE, en-GB). Malformed ranges are ignored, and those past 512 bytes. Between
    equal weights a language that is named wins over `*`, and the one named first over the other.
    """
    primary = (preferred or "").partition("-")[0].lower()
    fallback = next((language for language in LANGUAGES if language == primary), DEFAULT_LANGUAGE)
    if not accept_language:
        return fallback
    weights = _weights(accept_language.decode("latin-1") if isinstance(accept_language, bytes) else accept_language)
    named = list(weights)

    def rank(language: Language) -> tuple[float, bool, int, bool]:
        weight = weights.get(language, weights.get("*", _UNLISTED))
        position = named.index(language) if language in weights else 0
        return weight, language in weights, -position, language == fallback

    return max(LANGUAGES, key=rank)


def _weights(header: str) -> dict[str, float]:
    """Highest weight of each language in an `Accept-Language` header, in the header's order."""
    weights: dict[str, float] = {}
    if len(header) > _LONGEST:
        # The last range may be cut off.
        header = header[:_LONGEST].rpartition(",")[0]
    for item in header.split(","):
        if match := _RANGE.fullmatch(item):
            language, weight = match[1].lower(), float(match[2] or 1)
            weights[language] = max(weight, weights.get(language, 0.0))
    return weights
