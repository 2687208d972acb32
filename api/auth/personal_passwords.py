"""Passwords that are made of what everybody knows: the parent's name or e-mail address, or the word of this app."""

import unicodedata
from collections.abc import Iterator
from typing import Final

from api.problems.text import Text

PASSWORD_IS_NAME: Final = Text(
    "lijkt te veel op je gebruikersnaam; kies iets anders",
    "is too much like your username; please choose something else",
)
PASSWORD_IS_EMAIL: Final = Text(
    "lijkt te veel op je e-mailadres; kies iets anders",
    "is too much like your e-mail address; please choose something else",
)
PASSWORD_IS_APP: Final = Text(
    "lijkt te veel op de naam van deze app; kies iets anders",
    "is too much like the name of this app; please choose something else",
)

_APP: Final = "nestwerk"
# What passwords have in place of letters.
_STAND_INS: Final = str.maketrans("013457@$!", "oleastasi")
# A shorter one is in too many others.
_SHORTEST: Final = 3
# A password must have as many letters besides such a word.
_LETTERS_BESIDES: Final = 4


def refuse_personal(password: str, username: str, email: str) -> Text | None:
    """What a password is made of, if it's a username, an e-mail address, the part before its @, or this app's name.

    Letter case, accents, digits, punctuation, and digits in place of letters don't make it another one, nor do up to
    three letters more (NIST SP 800-63B, 3.1.1.2: context-specific words). A short word may only be repeated.
    """
    for words, message in (
        ([_APP], PASSWORD_IS_APP),
        ([username], PASSWORD_IS_NAME),
        ([email, email.rpartition("@")[0]], PASSWORD_IS_EMAIL),
    ):
        if any(_is_decorated(password, word) for word in words):
            return message
    return None


def _is_decorated(password: str, word: str) -> bool:
    for read_password, read_word in zip(_readings(password), _readings(word), strict=True):
        if not read_word or read_word not in read_password:
            continue
        rest = read_password.replace(read_word, "")
        if not rest or (len(read_word) >= _SHORTEST and sum(map(str.isalpha, rest)) < _LETTERS_BESIDES):
            return True
    return False


def _readings(text: str) -> Iterator[str]:
    """Letters and digits of a text, as they stand and with digits read as the letters that they look like."""
    # Accents are characters of their own then, and no letters.
    text = unicodedata.normalize("NFKD", text).casefold()
    for reading in (text, text.translate(_STAND_INS)):
        yield "".join(filter(str.isalnum, reading))
