"""Cookies that another site of the same domain has planted beside ours: a browser is told to remove them."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from api.http.authentication import cookie_values

_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}")


def removals(headers: Mapping[bytes, bytes], name: bytes, path: str) -> list[str]:
    """`Set-Cookie` lines that leave only our own cookie, if a request has different ones of its name.

    A browser sends those whose path the request's begins with, and whose domain is the host or above it (RFC 6265,
    5.4): no other ones can be there. Ours is of this host alone, with the path /. With the prefix that it has over
    https nobody can plant one.
    """
    if name.startswith(b"__Host-") or len(cookie_values(headers.get(b"cookie", b""), name)) < 2:
        return []
    places = [f"; Path={prefix}{domain}" for domain in ("", *_domains(headers)) for prefix in _prefixes(path)]
    return [f"{name.decode()}={place}; Max-Age=0" for place in places if place != "; Path=/"]


def _prefixes(path: str) -> Iterator[str]:
    """Paths that a cookie may have which comes with a request for this one."""
    yield "/"
    for index, character in enumerate(path[1:], 1):
        if character == "/":
            yield from (path[:index], path[: index + 1])
    yield path


def _domains(headers: Mapping[bytes, bytes]) -> Iterator[str]:
    host = headers.get(b"x-forwarded-host") or headers.get(b"host", b"")
    name = host.partition(b",")[0].partition(b":")[0].decode("latin-1").strip()
    labels = name.split(".") if _HOST.fullmatch(name) else []
    for first in range(len(labels) - 1):
        yield f"; Domain={'.'.join(labels[first:])}"
