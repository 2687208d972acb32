"""Reads the comment lines between a statement's name and its SQL: prose, and notes for the checks."""

import re
from typing import Final

from api.sql_parser.library import ParseError

NOTES: Final = ("alone", "apart", "equivalent", "limit", "lock", "order", "owner", "plan", "single")
# A statement may have several of them.
_REPEATED: Final = frozenset({"equivalent"})

_NOTE: Final = re.compile(rf"\s*--\s*(?P<key>{'|'.join(NOTES)}):\s*(?P<text>.+)")


def read_comments(text: str) -> tuple[str, dict[str, str]]:
    """Prose, its lines joined, and notes: lines `-- KEY: text` with a key of `NOTES`, then indented lines.

    Of the notes `equivalent` each is a line of the text.

    Raises:
        ParseError: a key comes twice; the arguments are the reason and the position in characters.

    """
    prose: list[str] = []
    notes: dict[str, str] = {}
    key: str | None = None
    position = 0
    for line in text.split("\n"):
        content = line.strip().removeprefix("--")
        note = _NOTE.match(line)
        if note is not None:
            key = note["key"]
            if key in notes and key not in _REPEATED:
                raise ParseError(f"{key} is noted twice: make one note of both", position)
            notes[key] = "\n".join(filter(None, (notes.get(key), note["text"].strip())))
        elif key is not None and content.startswith("   "):
            notes[key] += f" {content.strip()}"
        else:
            key = None
            prose.append(content.strip())
        position += len(line) + 1
    return " ".join(filter(None, prose)), notes
