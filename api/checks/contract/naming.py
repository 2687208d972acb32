"""Compares the names of a value and of what it becomes."""

import re
from collections.abc import Iterator
from typing import Final

_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")
# Plurals that aren't made with -s.
_IRREGULAR: Final = dict(
    each.split(" ")
    for each in (
        *("people person", "children child", "men man", "women woman", "feet foot", "teeth tooth", "mice mouse"),
        *("data datum", "media medium", "criteria criterion", "geese goose"),
    )
)
# Ends of plurals, and what stands there in the singular.
_ENDINGS: Final = (
    ("s", ""),
    ("es", ""),
    ("ies", "y"),
    ("ves", "f"),
    ("ves", "fe"),
    ("ices", "ex"),
    ("ices", "ix"),
    ("ses", "sis"),
)


def names_agree(one: str, other: str) -> bool:
    """Whether a value named `one` may be called `other`: the same, or with words before or after it.

    So `email` may become `profile_email`. The id of a user, `users.id`, may become `id`, `user_id` or `userId`, and an
    element of `names`, `names[]`, also `name`.
    """
    one, other = snake_case(one), snake_case(other)
    row, _, key = one.rpartition(".")
    if row:
        return other == key or any(f"_{other}".endswith(f"_{each}_{key}") for each in singulars(row))
    ones = singulars(one.removesuffix("[]")) if one.endswith("[]") else (one,)
    return any(other == each or other.endswith(f"_{each}") or other.startswith(f"{each}_") for each in ones)


def id_of(table: str) -> str:
    """Name of the ids of a table: `users.id` for users."""
    return f"{table}.id"


def singulars(name: str) -> Iterator[str]:
    """What the singular of a name may be, by its last word; the name itself first."""
    yield name
    *words, last = name.split("_")
    for singular in _singulars(last):
        yield "_".join([*words, singular])


def _singulars(word: str) -> Iterator[str]:
    if word in _IRREGULAR:
        yield _IRREGULAR[word]
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending):
            yield word.removesuffix(ending) + instead


def snake_case(name: str) -> str:
    """Column name for a key in camelCase."""
    return _CAPITAL.sub(r"_\1", name).lower()
