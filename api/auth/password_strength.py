"""Refuses passwords that are guessed soon: zxcvbn estimates how many guesses one takes, and says what makes it easy.

Wheeler, zxcvbn: Low-Budget Password Strength Estimation, USENIX Security 2016.
"""

import asyncio
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from threading import Lock
from typing import Any, Final

from api.auth.schemas import OwnWords
from api.problems.problem import Problem, Violation
from api.problems.text import Text
from api.problems.types import INVALID_BODY

# Where zxcvbn's third of four levels begins. Eight characters that nothing is known of reach it, as do two or three
# words. Online that many guesses take centuries, and with a stolen hash weeks of a core.
ENOUGH: Final = 1e8
# zxcvbn takes quadratic time: a millisecond for 16 characters, 5 for these.
_LONGEST: Final = 32
# It tries all letters that stand-ins such as @ and 1 may be for: minutes, if there are many.
_MOST_READINGS: Final = 4
_SYMBOLS: Final = {ord(symbol): 0xE000 + index for index, symbol in enumerate("@({[<!|$+%")}
_SHORTEST_WORD: Final = 2

_APP: Final = "nestwerk"
# What Dutch passwords are made of, the likeliest first: zxcvbn's own words are English, save its common passwords.
_DUTCH: Final = tuple(Path(__file__).with_name("dutch_words.txt").read_text("ascii").split())


def _text(nl: str, en: str) -> Text:
    """What is wrong, and what would be right."""
    return Text(
        f"{nl}; neem liever een paar woorden die niets met elkaar te maken hebben",
        f"{en}; a few words that have nothing to do with each other are better",
    )


LIKE_USERNAME: Final = _text("lijkt te veel op je gebruikersnaam", "is too much like your username")
LIKE_EMAIL: Final = _text("lijkt te veel op je e-mailadres", "is too much like your e-mail address")
LIKE_NAME: Final = _text("lijkt te veel op een naam in je profiel", "is too much like a name in your profile")
LIKE_APP: Final = _text("lijkt te veel op de naam van deze app", "is too much like the name of this app")
COMMON: Final = _text("lijkt op wat veel mensen als wachtwoord hebben", "is like what many people have for a password")
NAME: Final = _text("is niet veel meer dan een naam", "is not much more than a name")
WORD: Final = _text("is niet veel meer dan een woord", "is not much more than a word")
KEYS: Final = _text("volgt de toetsen van een toetsenbord", "follows the keys of a keyboard")
REPEATED: Final = _text("herhaalt steeds hetzelfde", "repeats the same again and again")
SEQUENCE: Final = _text("is een reeks, zoals abc of 123", "is a sequence, such as abc or 123")
DATE: Final = _text("is niet veel meer dan een datum of jaartal", "is not much more than a date or a year")

# By zxcvbn's dictionaries and patterns.
_TEXTS: Final[Mapping[str, Text]] = {
    "passwords": COMMON,
    "user_inputs": COMMON,
    "surnames": NAME,
    "male_names": NAME,
    "female_names": NAME,
    "spatial": KEYS,
    "repeat": REPEATED,
    "sequence": SEQUENCE,
    "regex": DATE,
    "date": DATE,
}
# zxcvbn keeps the words that it's given in a global.
_one_at_a_time: Final = Lock()


async def refuse_weak(password: str, own: OwnWords, pointer: str = "/password") -> None:
    """Refuse a new password that is guessed soon, by who knows the account's own words too.

    It takes a thread some milliseconds, so the caller has a turn of `password_hasher`.

    Raises:
        Problem: `invalid_body`, with a message for the field at `pointer`.

    """
    # The hasher's threads give way to all others, and zxcvbn would hold the interpreter's lock meanwhile.
    if message := await asyncio.to_thread(weakness, password, own):
        raise Problem(INVALID_BODY, violations=[Violation(pointer, message)])


def weakness(password: str, own: OwnWords) -> Text | None:
    """What makes a password easy to guess, or None if it takes `ENOUGH` guesses; a millisecond or some."""
    words = _own_words(own)
    read = _reading(password) or password
    result = _estimate(read, words)
    if result["guesses"] < ENOUGH:
        return _reason(result["sequence"], words)
    # Own words stay what they are with something between their letters.
    plain = "".join(filter(str.isalnum, read))
    if plain in {read, ""}:
        return None
    result = _estimate(plain, words)
    matched = [words[match["matched_word"]] for match in _matches(result["sequence"]) if _is_own(match, words)]
    return matched[0] if matched and result["guesses"] < ENOUGH else None


def _own_words(own: OwnWords) -> dict[str, Text]:
    """What the account's words, as they are, without punctuation and one by one, are like."""
    found = {_APP: LIKE_APP}
    for texts, message in (
        ([own.username], LIKE_USERNAME),
        ([own.email, own.email.rpartition("@")[0]], LIKE_EMAIL),
        (own.names, LIKE_NAME),
    ):
        for text in map(_reading, texts):
            parts = [text, "".join(filter(str.isalnum, text)), *re.findall(r"\w+", text)]
            for part in parts:
                if len(part) >= _SHORTEST_WORD:
                    found.setdefault(part, message)
    return found


def _reading(text: str) -> str:
    """Text in small letters without accents."""
    return "".join(filter(_is_base, unicodedata.normalize("NFKD", text).casefold()))


def _is_base(character: str) -> bool:
    return not unicodedata.combining(character)


def _estimate(password: str, words: Iterable[str]) -> Any:
    # Imported when the first parent chooses a password: it takes 35 ms and 15 MiB.
    from zxcvbn import zxcvbn  # type: ignore[import-untyped] # noqa: PLC0415
    from zxcvbn.matching import L33T_TABLE, relevant_l33t_subtable  # type: ignore[import-untyped] # noqa: PLC0415

    password = password[:_LONGEST]
    if prod(map(len, relevant_l33t_subtable(password, L33T_TABLE).values())) > _MOST_READINGS:
        password = password.translate(_SYMBOLS)
    with _one_at_a_time:
        return zxcvbn(password, [*words, *_DUTCH])


def _reason(sequence: Sequence[Any], words: Mapping[str, Text]) -> Text:
    """What the longest part that is easy to guess is, own words first."""
    known = [match for match in _matches(sequence) if match["pattern"] != "bruteforce"]
    if not known:
        return WORD
    longest = max(known, key=lambda match: (_is_own(match, words), len(match["token"])))
    if _is_own(longest, words):
        return words[longest["matched_word"]]
    return _TEXTS.get(longest.get("dictionary_name", longest["pattern"]), WORD)


def _matches(sequence: Sequence[Any]) -> Iterator[Any]:
    """Matches of zxcvbn, and those within what is repeated."""
    for match in sequence:
        yield match
        yield from _matches(match.get("base_matches", ()))


def _is_own(match: Any, words: Mapping[str, Text]) -> bool:
    return match.get("dictionary_name") == "user_inputs" and match["matched_word"] in words
