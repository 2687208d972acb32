"""Checks of a request's head before it is routed: parsing it costs more than receiving it."""

import re
from collections.abc import Mapping
from functools import lru_cache
from math import inf
from typing import Final

from api.http.current import RequestScope
from api.problems.problem import Problem
from api.problems.types import HEADERS_TOO_LARGE, INVALID_HOST, URI_TOO_LONG

# Bytes of all header values.
HEADERS_LIMIT: Final = 32 * 1024
# Bytes of path and query, and parameters in the query.
URI_LIMIT: Final = 8 * 1024
PARAMETERS_LIMIT: Final = 64

# Characters of a host and port (RFC 3986, section 3.2); commas stand between joined lines, and in no host of ours.
_HOST: Final = re.compile(rb"[\w.~!$&'()*+;=:%\[\]-]+", re.ASCII)


def check_head(scope: RequestScope, headers: Mapping[bytes, bytes]) -> None:
    """Refuse a request that is too large to be looked at, or doesn't name one host (RFC 9112, section 3.2).

    Raises:
        Problem: `headers_too_large`, `uri_too_long`, `invalid_host`.

    """
    query = scope["query_string"]
    # A head within the lower of both limits exceeds neither, so that few have to be measured.
    if scope.get("head_size", inf) > URI_LIMIT:
        if len(b"".join(headers.values())) > HEADERS_LIMIT:
            raise Problem(HEADERS_TOO_LARGE, limit=HEADERS_LIMIT)
        if len(scope["path"]) + len(query) > URI_LIMIT:
            raise Problem(URI_TOO_LONG)
    if query and query.count(b"&") >= PARAMETERS_LIMIT:
        raise Problem(URI_TOO_LONG)
    # HTTP/1.0 allows none.
    host = headers.get(b"host", b"")
    if not _is_host(host) and (host or scope["http_version"] == "1.1"):
        raise Problem(INVALID_HOST)


@lru_cache(64)
def _is_host(host: bytes) -> bool:
    return _HOST.fullmatch(host) is not None
