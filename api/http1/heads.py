"""Heads of requests and responses as bytes."""

from collections.abc import Collection, Iterable
from functools import lru_cache
from http import HTTPStatus
from typing import Final
from urllib.parse import unquote_to_bytes

Header = tuple[bytes, bytes]

STATUS_LINES: Final = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
# What is wrong with a header that would add another one.
_BROKEN: Final = "a header of a response holds the end of a line"
CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
# Header line of the last answer of a connection.
CLOSE: Final = b"connection: close\r\n"
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


@lru_cache(4096)
def length_line(size: int) -> bytes:
    """Header line that says how many bytes a body has; most are found again, which is faster than to write it."""
    return b"content-length: %d\r\n" % size


def header_lines(headers: Collection[Header]) -> bytes:
    """Lines of headers, each with its end.

    Raises:
        ValueError: a header holds the end of a line.

    """
    lines = b""
    for header in headers:
        lines += b"%b: %b\r\n" % header
    if len(lines.splitlines()) != len(headers):
        raise ValueError(_BROKEN)
    return lines


def response_head(status: int, headers: Collection[Header], *more: bytes) -> bytes:
    """Head of a response; `more` are whole lines that the server makes itself, each with its end.

    Raises:
        ValueError: a header holds the end of a line.

    """
    return b"%b%b\r\n" % (STATUS_LINES[status], header_lines(headers) + b"".join(more))
