"""What parents call fields and query parameters."""

import re
from collections.abc import Mapping
from typing import Final

from api.problems.text import Language, Text

# For every endpoint; a feature declares the labels of its own fields in its `facts.py`.
GENERAL_LABELS: Final[Mapping[str, Text]] = {
    "": Text("het bericht", "the request body"),
    "limit": Text("aantal per pagina", "items per page"),
    "cursor": Text("plaats in de lijst", "place in the list"),
}

_LENGTH: Final = 40
_INDEX: Final = re.compile("[0-9]{1,6}")


def label(pointer: str, language: Language, labels: Mapping[str, Text]) -> str:
    """Label of the field at a JSON pointer, or of a query parameter; list items are counted from 1.

    A field without a label keeps its name in JSON.
    """
    is_parameter = pointer[:1] not in {"", "/"}
    parts = ["", pointer] if is_parameter else [unescaped(part) for part in pointer.split("/")]
    indexes = [] if is_parameter else [part for part in parts if _INDEX.fullmatch(part)]
    name = next(part for part in reversed(parts) if part not in indexes)
    known = labels.get(name)
    shown = known.format(language) if known else name[:_LENGTH]
    if indexes:
        number = f"nr. {int(indexes[-1]) + 1}"
        shown = f"{shown} ({number})" if name else number
    return shown[:1].upper() + shown[1:] if known or not name else shown


def unescaped(part: str) -> str:
    """Part of a JSON pointer without its escapes (RFC 6901)."""
    return part.replace("~1", "/").replace("~0", "~")
