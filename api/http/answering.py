"""Answers as bytes, and the header lines that all have, which are made once."""

from collections.abc import AsyncGenerator, Iterable
from typing import Final, NamedTuple

import msgspec
from litestar.types import Send

from api.http.conditional import is_unmodified

Headers = list[tuple[bytes, bytes]]
# The header of a request's id, which never holds the end of a line; and that.
ID: Final = b"x-request-id"
END: Final = b"\r\n"
# It names no version.
_ALWAYS: Final = [(b"server", b"nestwerk"), (b"x-content-type-options", b"nosniff")]
_HSTS: Final = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
_NO_STORE: Final = (b"cache-control", b"no-store")
_JSON: Final = (b"content-type", b"application/json")
_PROBLEM: Final = (b"content-type", b"application/problem+json")


class EncodedResponse(msgspec.Struct, frozen=True, gc=False):
    """A response ready to send: status, body, and its headers besides those that all responses have.

    The body is JSON that nobody keeps, unless `is_file`: then its headers say what it is. In place of `body` there may
    be a `stream`, which gives it part by part.
    """

    status: int
    body: bytes
    headers: Headers
    is_file: bool = False
    stream: AsyncGenerator[bytes] | None = None


def unless_unmodified(headers: dict[bytes, bytes], response: EncodedResponse) -> EncodedResponse:
    """304 in place of a response that the client has already."""
    tag = dict(response.headers).get(b"etag")
    if tag is None or response.status != 200 or not is_unmodified(headers, tag):
        return response
    return EncodedResponse(304, b"", response.headers, is_file=response.is_file)


class Head(NamedTuple):
    """Header lines; and the same as bytes, up to a request's id, which comes after them."""

    lines: Headers
    before_id: bytes


class Heads:
    """What all answers of a kind begin with: JSON, problems, those without a body, and files."""

    def __init__(self, always: Iterable[tuple[bytes, bytes]], *, secure: bool) -> None:
        lines = [*_ALWAYS, *always, *([_HSTS] if secure else ())]
        self.file = _head(lines)
        self.empty = _head([*lines, _NO_STORE])
        self.json = _head([*lines, _NO_STORE, _JSON])
        self.problem = _head([*lines, _NO_STORE, _PROBLEM])


def _head(lines: Headers) -> Head:
    return Head(lines, b"".join(b"%b: %b\r\n" % line for line in lines) + ID + b": ")


async def send_answer(send: Send, method: str, response: EncodedResponse, lines: Headers) -> None:
    """Send an answer whose body is known, by ASGI's messages."""
    body = response.body
    if method == "HEAD" and response.status != 304:
        # The length is that of GET's body.
        lines.append((b"content-length", b"%d" % len(body)))
        body = b""
    await send({"type": "http.response.start", "status": response.status, "headers": lines})
    await send({"type": "http.response.body", "body": body, "more_body": False})
