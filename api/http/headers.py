"""Request headers by name."""

from collections.abc import Iterable
from typing import Any

from litestar.types import HTTPScope


def request_headers(scope: HTTPScope) -> dict[bytes, bytes]:
    """Headers of a request; values of one that occurs several times are joined (RFC 9110, RFC 9113)."""
    lines: Any = scope["headers"]
    headers = dict(lines)
    return headers if len(headers) == len(lines) else _joined(lines)


def _joined(lines: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    values: dict[bytes, list[bytes]] = {}
    for name, value in lines:
        values.setdefault(name, []).append(value)
    return {name: (b"; " if name == b"cookie" else b", ").join(parts) for name, parts in values.items()}
