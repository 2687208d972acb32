"""Request headers by name."""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from litestar.types import HTTPScope

from api.problems.problem import Problem
from api.problems.types import INVALID_HOST

# Characters of a host and port (RFC 3986, section 3.2); commas stand between joined lines, and in no host of ours.
_HOST: Final = re.compile(rb"[\w.~!$&'()*+;=:%\[\]-]*", re.ASCII)


def request_headers(scope: HTTPScope) -> dict[bytes, bytes]:
    """Headers of a request; values of one that occurs several times are joined (RFC 9110, RFC 9113)."""
    lines: Any = scope["headers"]  # granian gives a list
    headers = dict(lines)
    return headers if len(headers) == len(lines) else _joined(lines)


def check_host(scope: HTTPScope, headers: Mapping[bytes, bytes]) -> None:
    """Refuse what isn't one host, and none where HTTP/1.1 demands it (RFC 9112, section 3.2).

    Raises:
        Problem: `invalid_host`.

    """
    # granian makes an empty one of none.
    host = headers.get(b"host", b"")
    if not _HOST.fullmatch(host) or (not host and scope["http_version"] == "1.1"):
        raise Problem(INVALID_HOST)


def _joined(lines: Iterable[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    values: dict[bytes, list[bytes]] = {}
    for name, value in lines:
        values.setdefault(name, []).append(value)
    return {name: (b"; " if name == b"cookie" else b", ").join(parts) for name, parts in values.items()}
