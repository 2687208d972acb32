"""Short notations for what tabs were given, what is stored and what they post, for tests of the merge's functions.

A child is `#11 Sam 3 bril touched @1,2 changed`: the id of its row, its name and age, its needs joined with `+`, or `-`
for none, whether its row was touched since, at which places it was posted, and what becomes of it. Only name and age
have to be there. A goal is `short Rust #1 touched changed from long Rust #1`: its category and title come first.
Entries have commas between. Lists of goals in a document are `short: Rust, Eten; long:`.
"""

import re
from typing import Any, Final

CATEGORIES: Final = {"short": "short_term", "long": "long_term"}
_CHANGES: Final = frozenset({"added", "changed", "removed"})


def children(text: str) -> list[dict[str, Any]]:
    return [_child(entry.split()) for entry in _entries(text)]


def goals(text: str) -> list[dict[str, Any]]:
    return [_goal(entry) for entry in _entries(text)]


def lists(text: str) -> dict[str, list[str]]:
    parts = [part.partition(":") for part in text.split(";")]
    return {f"{name.strip()}Term": _entries(titles) for name, _, titles in parts}


def _entries(text: str) -> list[str]:
    # Places have commas without a space.
    return [entry for entry in re.split(r",\s+|\s*$", text.strip()) if entry]


def _child(words: list[str]) -> dict[str, Any]:
    child: dict[str, Any] = _marks(words)
    name, age, *needs = [word for word in words if word[0] not in "#@" and word not in {"touched", *_CHANGES}]
    child |= {"name": name, "age": int(age)}
    if needs:
        child["specialNeeds"] = [] if needs == ["-"] else needs[0].split("+")
    return child


def _goal(text: str) -> dict[str, Any]:
    now, _, before = text.partition(" from ")
    category, title, *marks = now.split()
    goal = {"category": CATEGORIES.get(category, category), "title": title} | _marks(marks)
    return goal | {"from": _goal(before)} if before else goal


def _marks(words: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for word in words:
        if word.startswith("#"):
            found["id"] = int(word[1:])
        elif word.startswith("@"):
            found["posted"] = [int(place) for place in word[1:].split(",")]
        elif word == "touched":
            found["touched"] = True
        elif word in _CHANGES:
            found["change"] = word
    return found
