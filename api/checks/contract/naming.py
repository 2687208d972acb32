"""Compares the names of a value and of what it becomes."""

import re
from typing import Final

_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")


def names_agree(one: str, other: str) -> bool:
    """Whether a value named `one` may be called `other`: the same, or with words before or after it.

    So `email` may become `profile_email`. The id of a user, `user.id`, may become `id`, `user_id` or `userId`.
    """
    one, other = snake_case(one), snake_case(other)
    row, _, key = one.rpartition(".")
    if row:
        return other == key or f"_{other}".endswith(f"_{row}_{key}")
    return one == other or other.endswith(f"_{one}") or other.startswith(f"{one}_")


def id_of(table: str) -> str:
    """Name of the ids of a table: `user.id` for users."""
    return f"{table.removesuffix('s')}.id"


def snake_case(name: str) -> str:
    """Column name for a key in camelCase."""
    return _CAPITAL.sub(r"_\1", name).lower()
