"""Fields and query parameters as a parent calls them."""

import re
from collections.abc import Mapping
from typing import Final

from api.problems.text import Language, Text

# What every endpoint may name; a feature declares the labels of its own fields in its `facts.py`.
GENERAL_LABELS: Final[Mapping[str, Text]] = {
    "": Text("het bericht", "the request body"),
    "limit": Text("aantal per pagina", "items per page"),
    "cursor": Text("plaats in de lijst", "place in the list"),
}

_LENGTH: Final = 40
_INDEX: Final = re.compile("[0-9]{1,6}")


def label(pointer: str, language: Language, labels: Mapping[str, Text]) -> str:
    """Name the field at a pointer, or a parameter of the query; items of lists are counted from 1.

    A field without a label goes by its name in JSON.
    """
    is_parameter = pointer[:1] not in {"", "/"}
    parts = ["", pointer] if is_parameter else [unescaped(part) for part in pointer.split("/")]
    indexes = [] if is_parameter else [part for part in parts if _INDEX.fullmatch(part)]
    name = next(part for part in reversed(parts) if part not in indexes)
    known = labels.get(name)
    shown = known.told(language) if known else name[:_LENGTH]
    if indexes:
        number = f"nr. {int(indexes[-1]) + 1}"
        shown = f"{shown} ({number})" if name else number
    return shown[:1].upper() + shown[1:] if known or not name else shown


def unescaped(part: str) -> str:
    """Undo the escapes of a part of a JSON pointer (RFC 6901)."""
    return part.replace("~1", "/").replace("~0", "~")
