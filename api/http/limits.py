"""Limits of a request's head, checked before it is routed: parsing it costs more than receiving it."""

from collections.abc import Mapping
from typing import Final

from litestar.types import HTTPScope

from api.problems.problem import Problem
from api.problems.types import HEADERS_TOO_LARGE, URI_TOO_LONG

# Bytes of all header values; granian takes 100 lines at most.
HEADERS_LIMIT: Final = 32 * 1024
# Bytes of path and query, and parameters in the query.
URI_LIMIT: Final = 8 * 1024
PARAMETERS_LIMIT: Final = 64


def check_limits(scope: HTTPScope, headers: Mapping[bytes, bytes]) -> None:
    """Refuse a request that is too large to be looked at.

    Raises:
        Problem: `headers_too_large`, `uri_too_long`.

    """
    if len(b"".join(headers.values())) > HEADERS_LIMIT:
        raise Problem(HEADERS_TOO_LARGE, limit=HEADERS_LIMIT)
    query = scope["query_string"]
    if len(scope["path"]) + len(query) > URI_LIMIT or query.count(b"&") >= PARAMETERS_LIMIT:
        raise Problem(URI_TOO_LONG)
