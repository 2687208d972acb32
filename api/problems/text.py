"""Texts in the languages that parents read, and the formatting of their parameters."""

from collections.abc import Callable, Mapping
from functools import cache
from math import ceil
from string import Formatter
from typing import Any, Final, Literal

import msgspec

Language = Literal["nl", "en"]

LANGUAGES: Final[tuple[Language, ...]] = ("nl", "en")
DEFAULT_LANGUAGE: Final[Language] = "nl"

_MINUTE: Final = 60


class Text(msgspec.Struct, frozen=True):
    """A text in each language, with `{parameters}`."""

    nl: str
    en: str

    def format(self, language: Language, **parameters: object) -> str:
        """Text in a language, with the parameters filled in."""
        return _FORMATTERS[language].vformat(self.nl if language == "nl" else self.en, (), parameters)


@cache
def parameter_names(text: Text) -> frozenset[str]:
    """Names of a text's parameters, in all languages."""
    return frozenset(name for template in (text.nl, text.en) for _, name, _, _ in Formatter().parse(template) if name)


def check_parameters(text: Text, parameters: Mapping[str, object], of: str) -> None:
    """Refuse parameters that aren't those of a text.

    Raises:
        TypeError: one is missing or unknown; the message begins with `of`.

    """
    needed = parameter_names(text)
    if parameters.keys() != needed:
        raise TypeError(f"{of} takes {sorted(needed)}, not {sorted(parameters)}")


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
    "size": lambda count, _: f"{count // 1024} KB" if count % 1024**2 else f"{count // 1024**2} MB",
    "list": lambda items, _: ", ".join(map(str, items)),
}


class _Formatter(Formatter):
    def __init__(self, language: Language) -> None:
        self._language: Language = language

    def format_field(self, value: Any, format_spec: str) -> Any:
        specification = _SPECIFICATIONS.get(format_spec)
        return specification(value, self._language) if specification else format(value, format_spec)


_FORMATTERS: Final[dict[Language, _Formatter]] = {"nl": _Formatter("nl"), "en": _Formatter("en")}
