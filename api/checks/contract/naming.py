"""Whether a value that is passed on under another name is still the same thing."""

import re
from typing import Final

_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")


def agree(one: str, other: str) -> bool:
    """Whether a name is the other, or the other begins or ends with it: `email` may become `profile_email`.

    The id of a user, `user.id`, may become `id`, `user_id` or `userId`, and no other row's.
    """
    one, other = snake_case(one), snake_case(other)
    row, _, key = one.rpartition(".")
    if row:
        return other == key or f"_{other}".endswith(f"_{row}_{key}")
    return one == other or other.endswith(f"_{one}") or other.startswith(f"{one}_")


def id_of(table: str) -> str:
    """What the id of a table's rows is: `user.id` in users."""
    return f"{table.removesuffix('s')}.id"


def snake_case(name: str) -> str:
    """The name of a column for a key in camelCase."""
    return _CAPITAL.sub(r"_\1", name).lower()
