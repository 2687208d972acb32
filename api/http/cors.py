"""Calls of app clients, whose pages are of other origins (CORS, as https://fetch.spec.whatwg.org has it).

They authenticate by bearer token. A call of an allowed origin is taken as one of a client that is no browser: cookies
that came along don't count and none are set, so there is nothing that the check of origins has to protect.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from api.http.current import RequestScope
from api.http.origin import is_own_page

Lines = list[tuple[bytes, bytes]]

# What a client may read of an answer; the OpenAPI document names these, but for what all pages may read.
EXPOSED: Final = (
    "Accept",
    "Accept-Encoding",
    "Allow",
    "Content-Disposition",
    "Data-Age",
    "ETag",
    "Idempotent-Replayed",
    "Location",
    "Retry-After",
    "Vary",
    "WWW-Authenticate",
    "X-Request-ID",
)
# What a client may send.
ALLOWED: Final = (
    "Accept-Language",
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "traceparent",
    "tracestate",
    "X-Request-ID",
)
# Chrome keeps the answer to a preflight for two hours at most.
_MAX_AGE: Final = 7200
# What makes a call one of a browser's page.
_OF_PAGES: Final = frozenset({b"cookie", b"origin", b"sec-fetch-site"})
_EXPOSE: Final = (b"access-control-expose-headers", ", ".join(EXPOSED).encode())
_PREFLIGHT: Final = [
    (b"access-control-allow-headers", ", ".join(ALLOWED).encode()),
    (b"access-control-max-age", b"%d" % _MAX_AGE),
]


class AllowedOrigins:
    """Origins whose pages may call with a bearer token, compared byte by byte; `null` is never one.

    `always` are header lines of every answer, without `Origin` too, as it may be kept: `Vary`, if there are origins.
    """

    def __init__(self, origins: Iterable[str]) -> None:
        self._lines: Mapping[bytes, Lines] = {
            origin.encode(): [(b"access-control-allow-origin", origin.encode()), _EXPOSE] for origin in origins
        }
        self.always: Lines = [(b"vary", b"Origin")] if self._lines else []

    def lines(self, headers: Mapping[bytes, bytes]) -> Lines:
        """Header lines by which the page that sent a request may read the answer."""
        return self._lines.get(headers.get(b"origin", b""), [])

    def admit(self, scope: RequestScope, headers: dict[bytes, bytes]) -> Lines:
        """Header lines of the answer to a page of an allowed origin other than ours; takes the call's cookies away."""
        lines = self.lines(headers)
        if not lines or is_own_page(headers, secure=scope["scheme"] == "https"):
            return []
        for name in _OF_PAGES:
            headers.pop(name, None)
        scope["headers"] = [line for line in scope["headers"] if line[0] not in _OF_PAGES]
        return lines


def for_page(lines: Lines, method: str) -> Lines:
    """Header lines of an answer to a page of an allowed origin: no cookies, and to `OPTIONS` what it may send."""
    kept = [line for line in lines if line[0] != b"set-cookie"]
    if method != "OPTIONS":
        return kept
    return [*kept, *((b"access-control-allow-methods", value) for name, value in kept if name == b"allow"), *_PREFLIGHT]
