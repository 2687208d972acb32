"""Answers are written with the header lines that all have, which are made once."""

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from litestar.types import Send

from api.http.current import RequestScope
from api.http.endpoint import EncodedResponse

Headers = list[tuple[bytes, bytes]]
# A server's function that writes a whole answer: status, lines that were made before, other headers, body, its length.
Answer = Callable[[int, bytes, Headers, bytes, int], None]

# It names no version.
_ALWAYS: Final = [(b"server", b"nestwerk"), (b"x-content-type-options", b"nosniff")]
_HSTS: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
NO_STORE: Final = (b"cache-control", b"no-store")
_JSON: Final = (b"content-type", b"application/json")
PROBLEM: Final = (b"content-type", b"application/problem+json")


class Head(NamedTuple):
    """Header lines, and the same as bytes."""

    lines: Headers
    joined: bytes


class Heads:
    """What all answers of a kind begin with: JSON, problems, those without a body, and files."""

    def __init__(self, always: Iterable[tuple[bytes, bytes]], *, secure: bool) -> None:
        lines = [*_ALWAYS, *always, *([_HSTS] if secure else ())]
        self.file = _head(lines)
        self.empty = _head([*lines, NO_STORE])
        self.json = _head([*lines, NO_STORE, _JSON])
        self.problem = _head([*lines, NO_STORE, PROBLEM])


def _head(lines: Headers) -> Head:
    return Head(lines, b"".join(b"%b: %b\r\n" % line for line in lines))


async def send_answer(  # noqa: PLR0913, PLR0917
    scope: RequestScope, answer: Answer | None, send: Send, response: EncodedResponse, head: Head, headers: Headers
) -> None:
    """Send an answer whose body is known, in one go if the server can."""
    headers += response.headers
    body = response.body
    length = len(body)
    is_head = scope["method"] == "HEAD" and response.status != 304
    if is_head:
        body = b""
    if answer is not None:
        answer(response.status, head.joined, headers, body, length)
        return
    lines: Any = [*head.lines, *headers]
    if is_head:
        # The length is that of GET's body.
        lines.append((b"content-length", b"%d" % length))
    await send({"type": "http.response.start", "status": response.status, "headers": lines})
    await send({"type": "http.response.body", "body": body, "more_body": False})
