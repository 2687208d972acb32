"""From a text of the catalogue to a sentence."""

import re
from collections.abc import Callable, Mapping
from functools import cache
from math import ceil
from string import Formatter
from typing import Any, Final

from api.http.language import Language
from api.problems.field_messages import FIELD_LABELS
from api.problems.messages import NOTICES, Text

_MINUTE: Final = 60
_LABEL_LIMIT: Final = 40
_INDEX: Final = re.compile("[0-9]{1,6}")


def notice(name: str, language: Language) -> str:
    """Message of a call that went well."""
    return word(NOTICES[name], language, {})


def word(text: Text, language: Language, parameters: Mapping[str, object]) -> str:
    """Fill in a text's parameters."""
    return _FORMATTERS[language].vformat(_in(text, language), (), parameters)


@cache
def parameter_names(text: Text) -> frozenset[str]:
    """Parameters that a text needs in any language."""
    return frozenset(name for template in (text.nl, text.en) for _, name, _, _ in Formatter().parse(template) if name)


def label(pointer: str, language: Language) -> str:
    """Name the field at a pointer, or a parameter of the query, as a parent does; items of lists are counted from 1."""
    is_parameter = pointer[:1] not in {"", "/"}
    parts = ["", pointer] if is_parameter else [_unescaped(part) for part in pointer.split("/")]
    indexes = [] if is_parameter else [part for part in parts if _INDEX.fullmatch(part)]
    name = next(part for part in reversed(parts) if part not in indexes)
    known = FIELD_LABELS.get(name)
    shown = _in(known, language) if known else name[:_LABEL_LIMIT]
    if indexes:
        number = f"nr. {int(indexes[-1]) + 1}"
        shown = f"{shown} ({number})" if name else number
    return shown[:1].upper() + shown[1:] if known or not name else shown


def _unescaped(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")


def _in(text: Text, language: Language) -> str:
    return text.nl if language == "nl" else text.en


def _duration(seconds: float, language: Language) -> str:
    if seconds < 2 * _MINUTE:
        count = ceil(seconds)
        unit = {"nl": ("seconde", "seconden"), "en": ("second", "seconds")}[language]
    else:
        count = ceil(seconds / _MINUTE)
        unit = {"nl": ("minuut", "minuten"), "en": ("minute", "minutes")}[language]
    return f"{count} {unit[count != 1]}"


_SPECIFICATIONS: Final[dict[str, Callable[[Any, Language], str]]] = {
    "duration": _duration,
    "size": lambda count, _: f"{count // 1024} KB",
    "list": lambda items, _: ", ".join(map(str, items)),
}


class _Wording(Formatter):
    def __init__(self, language: Language) -> None:
        self._language: Language = language

    def format_field(self, value: Any, format_spec: str) -> Any:
        specification = _SPECIFICATIONS.get(format_spec)
        return specification(value, self._language) if specification else format(value, format_spec)


_FORMATTERS: Final[dict[Language, _Wording]] = {"nl": _Wording("nl"), "en": _Wording("en")}
