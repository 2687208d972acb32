"""Limits of documents whose members are the client's own, such as routines: `dict[str, Any]` in an input.

Merging, checking and showing them costs PostgreSQL some microseconds a value, and copies a value once a level. The
tables have the same limits (migration document_limits).
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from api.problems import field_messages
from api.problems.text import Text

# Members of objects and items of lists, at any level.
MOST_VALUES: Final = 1000
MOST_LEVELS: Final = 10
# Bytes of its JSON without spaces.
MOST_BYTES: Final = 32 * 1024

_CONTAINERS: Final = frozenset({dict, list})


def may_exceed_limits(body: bytes) -> bool:
    """Whether a document in a body may be past a limit; a cheap test."""
    containers = body.count(b"{") + body.count(b"[")
    if containers > MOST_LEVELS:
        return True
    # A container has one value more than commas, and each takes a byte.
    return len(body) > MOST_VALUES and (containers + body.count(b",") > MOST_VALUES or len(body) > MOST_BYTES)


def exceeded_limit(document: dict[str, Any]) -> tuple[Text, Mapping[str, object]] | None:
    """Message for a document that is past a limit, with its parameters, or None."""
    containers: list[Any] = [document]
    count = 0
    for _ in range(MOST_LEVELS):
        values = [
            value
            for container in containers
            for value in (container.values() if type(container) is dict else container)
        ]
        count += len(values)
        if count > MOST_VALUES:
            return field_messages.TOO_MANY_VALUES, {"max": MOST_VALUES}
        containers = [value for value in values if type(value) in _CONTAINERS]
    if any(containers):
        return field_messages.JSON_TOO_DEEP, {"max": MOST_LEVELS}
    if len(msgspec.json.encode(document)) > MOST_BYTES:
        return field_messages.TOO_LARGE, {"max": MOST_BYTES}
    return None
