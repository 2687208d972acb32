"""Answers are written with the header lines that all have, which are made once."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from litestar.types import Send

from api.http.endpoint import EncodedResponse

Headers = list[tuple[bytes, bytes]]
# It names no version.
_ALWAYS: Final = [(b"server", b"nestwerk"), (b"x-content-type-options", b"nosniff")]
_HSTS: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_NO_STORE: Final = (b"cache-control", b"no-store")
_JSON: Final = (b"content-type", b"application/json")
_PROBLEM: Final = (b"content-type", b"application/problem+json")


class Head(NamedTuple):
    """Header lines, and the same as bytes."""

    lines: Headers
    joined: bytes


class Heads:
    """What all answers of a kind begin with: JSON, problems, those without a body, and files."""

    def __init__(self, always: Iterable[tuple[bytes, bytes]], *, secure: bool) -> None:
        lines = [*_ALWAYS, *always, *([_HSTS] if secure else ())]
        self.file = _head(lines)
        self.empty = _head([*lines, _NO_STORE])
        self.json = _head([*lines, _NO_STORE, _JSON])
        self.problem = _head([*lines, _NO_STORE, _PROBLEM])


def _head(lines: Headers) -> Head:
    return Head(lines, b"".join(b"%b: %b\r\n" % line for line in lines))


async def send_answer(send: Send, method: str, response: EncodedResponse, lines: Headers) -> None:
    """Send an answer whose body is known, by ASGI's messages."""
    body = response.body
    if method == "HEAD" and response.status != 304:
        # The length is that of GET's body.
        lines.append((b"content-length", b"%d" % len(body)))
        body = b""
    await send({"type": "http.response.start", "status": response.status, "headers": lines})
    await send({"type": "http.response.body", "body": body, "more_body": False})
