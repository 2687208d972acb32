"""Whether a value that is passed on under another name is still the same thing."""

import re
from typing import Final

_CAPITAL: Final = re.compile(r"(?<=[a-z0-9])([A-Z])")


def agree(one: str, other: str) -> bool:
    """Whether a name is the other, or the other begins or ends with it: `id` may become `user_id`, or `userId`."""
    one, other = snake_case(one), snake_case(other)
    return one == other or other.endswith(f"_{one}") or other.startswith(f"{one}_")


def snake_case(name: str) -> str:
    """The name of a column for a key in camelCase."""
    return _CAPITAL.sub(r"_\1", name).lower()
