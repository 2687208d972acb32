"""Usernames by RFC 8265: letters, digits and what an ASCII keyboard has, in words with a space between them.

What such a name is found by is decided in PostgreSQL (`username_key`), as names of the system before may be anything.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from api.problems.text import Text

if TYPE_CHECKING:
    from precis_i18n.profile import Profile

LONGEST: Final = 100
_JOINTS: Final = re.compile(r"(?<=[.:/])")

_TOO_LONG: Final = Text(
    "is te lang: sommige tekens tellen als meer dan één", "is too long: some characters count as more than one"
)
_DIRECTIONS: Final = Text(
    "mengt schriften van links naar rechts en van rechts naar links op een manier die verwarrend is",
    "mixes scripts from left to right and from right to left in a way that is confusing",
)
_SPACES: Final = Text("mag tussen twee woorden maar één gewone spatie hebben", "may have one plain space between words")


def refuse_disallowed(username: str) -> Text | None:
    """What is wrong with a new username, if RFC 8265 disallows it."""
    try:
        for word in username.split(" "):
            if not word:
                return _SPACES
            # As the name is kept, and as it's compared.
            _profile("UsernameCasePreserved").enforce(word)
            _profile("UsernameCaseMapped").enforce(word)
    except UnicodeEncodeError as error:
        return _reason(error)
    return _TOO_LONG if len(kept_username(username)) > LONGEST else None


def kept_username(username: str) -> str:
    """Form in which an allowed username is kept: letters composed and of the usual width, capitals as they are."""
    return " ".join(_profile("UsernameCasePreserved").enforce(word) for word in username.split(" "))


def no_address(username: str) -> str:
    """A username that no mail program takes for a web address: anybody may register one for anybody's mailbox.

    Word joiners are invisible, and a login with them means the same name.
    """
    return _JOINTS.sub("\u2060", username)


@cache
def _profile(name: str) -> "Profile":
    # Imported when the first parent registers: it takes 11 ms and 2 MiB.
    from precis_i18n import get_profile  # noqa: PLC0415

    return get_profile(name)


def _reason(error: UnicodeEncodeError) -> Text:
    _, _, kind = error.reason.partition("/")
    character = error.object[error.start]
    code = f"U+{ord(character):04X}"
    match kind:
        case "bidi_rule":
            return _DIRECTIONS
        case _ if character.isspace():
            return _SPACES
        case "precis_ignorable_properties" | "controls" | "zero_width_joiner" | "zero_width_nonjoiner":
            return Text(
                f"bevat een onzichtbaar teken ({code}); haal dat weg",
                f"contains an invisible character ({code}); please remove it",
            )
        case "symbols":
            return Text(f"mag geen symbolen of emoji bevatten ({code})", f"must not contain symbols or emoji ({code})")
        case _:
            return Text(
                f"bevat een teken dat niet in een gebruikersnaam past ({code})",
                f"contains a character that doesn't fit in a username ({code})",
            )
