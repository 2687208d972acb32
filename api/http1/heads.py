"""Heads of requests and responses as bytes."""

from collections.abc import Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_to_bytes

Header = tuple[bytes, bytes]

STATUS_LINES: Final = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
# What is wrong with a header that would add another one.
BROKEN: Final = "a header of a response holds the end of a line"
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
# Statuses without a body, and so without a length (RFC 9110, section 8.6).
BODILESS: Final = frozenset({204, 304})


class InvalidTargetError(ValueError):
    """A request's target is in no form that this server takes."""


@lru_cache(1024)
def split_target(target: bytes) -> tuple[str, bytes, bytes]:
    """Decoded path, path as sent, and query of a request's target (RFC 9112, section 3.2).

    Raises:
        InvalidTargetError: it's neither a path nor a URL of http or https.

    """
    if target[:1] != b"/":
        scheme, separator, rest = target.partition(b"://")
        if target == b"*":
            return "*", target, b""
        if not separator or scheme.lower() not in {b"http", b"https"}:
            raise InvalidTargetError
        # A proxy sends whole URLs. Their host counts for nothing, as no host does.
        start = min((index for index in (rest.find(b"/"), rest.find(b"?")) if index >= 0), default=len(rest))
        target = rest[start:] if rest[start : start + 1] == b"/" else b"/" + rest[start:]
    path, _, query = target.partition(b"#")[0].partition(b"?")
    decoded = unquote_to_bytes(path) if b"%" in path else path
    return decoded.decode("utf-8", "replace"), path, query


def has_length(headers: Iterable[Header]) -> bool:
    """Whether headers say how long the body is; a loop, as a generator takes twice the time."""
    for name, _ in headers:  # noqa: SIM110
        if name == b"content-length":
            return True
    return False


def response_head(status: int, headers: Iterable[Header], *more: bytes) -> bytes:
    """Head of a response; `more` are whole lines, each with its end.

    Raises:
        ValueError: a header holds the end of a line.

    """
    # The empty one is for the end of the last.
    lines = [*[b": ".join(line) for line in headers], b""]
    head = b"%b%b%b\r\n" % (STATUS_LINES[status], b"\r\n".join(lines), b"".join(more))
    ends = len(lines) + len(more) + 1
    if head.count(b"\n") != ends or head.count(b"\r") != ends:
        raise ValueError(BROKEN)
    return head
