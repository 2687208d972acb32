"""Reads the one file of a `multipart/form-data` body (RFC 7578)."""

import asyncio
from collections.abc import AsyncIterator
from time import perf_counter
from typing import Any, Final, cast

from litestar import Request
from litestar.types import Receive
from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from api.http.body import check_content_encoding
from api.http.current import RequestScope
from api.http.headers import request_headers
from api.http.violations import child_pointer
from api.problems.field_messages import MISSING, NOT_EMPTY, REPEATED, UNKNOWN_FIELD
from api.problems.problem import Problem, Violation
from api.problems.types import BODY_TOO_LARGE, INVALID_BODY, MALFORMED_BODY, MULTIPART_REQUIRED, REQUEST_TIMEOUT

# Bytes of a body besides its file, and seconds that it may take in all: 2 MB within them are 35 KB a second.
FRAMING: Final = 16 * 1024
SECONDS: Final = 60
# A client with more fields than one is told of the first of them.
_MOST_FIELDS: Final = 8


async def read_file(request: Request[Any, Any, Any], field: str, limit: int) -> bytearray:
    """File in the only field of a body; its name and type, which a client makes up, count for nothing.

    `limit` is in bytes, of the file.

    Raises:
        Problem: `multipart_required`, `unsupported_media_type`; `body_too_large` before more is kept; `invalid_body`
            where the field is missing, empty or given twice, or there is another one; `malformed_body` for what isn't
            multipart or was cut off; `request_timeout`.

    """
    scope = cast("RequestScope", request.scope)
    headers = request_headers(scope)
    essence, options = parse_options_header(headers.get(b"content-type", b"").decode("latin-1"))
    if essence != "multipart/form-data":
        raise Problem(MULTIPART_REQUIRED, headers={"Accept": "multipart/form-data"})
    check_content_encoding(headers.get(b"content-encoding"))
    length = headers.get(b"content-length", b"")
    if length.isdigit() and int(length) > limit + FRAMING:
        raise Problem(BODY_TOO_LARGE, limit=limit)
    begun = perf_counter()
    try:
        async with asyncio.timeout(SECONDS):
            content = await _file(request.receive, options.get("boundary", ""), field, limit)
    except MultipartError:
        raise Problem(MALFORMED_BODY) from None
    except TimeoutError:
        raise Problem(REQUEST_TIMEOUT) from None
    finally:
        scope["receiving"] = perf_counter() - begun
    if (keyed := scope.get("keyed")) is not None:
        # The boundary is another one each time.
        await keyed.read(content)
    return content


async def _file(receive: Receive, boundary: str, field: str, limit: int) -> bytearray:
    content: bytearray | None = None
    with PushMultipartParser(boundary, max_segment_count=_MOST_FIELDS) as parser:
        async for part in _parts(receive, limit):
            for event in parser.parse(part):
                if isinstance(event, MultipartSegment):
                    _check_field(event.name, field, is_repeated=content is not None)
                    content = bytearray()
                elif event and content is not None:
                    if len(content) + len(event) > limit:
                        raise Problem(BODY_TOO_LARGE, limit=limit)
                    content += event
    if not content:
        raise _invalid(Violation(f"/{field}", MISSING if content is None else NOT_EMPTY))
    return content


async def _parts(receive: Receive, limit: int) -> AsyncIterator[bytes]:
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            raise Problem(MALFORMED_BODY)
        more = message["more_body"]
        size += len(message["body"])
        if size > limit + FRAMING:
            raise Problem(BODY_TOO_LARGE, limit=limit)
        if message["body"]:
            yield message["body"]


def _check_field(name: str, field: str, *, is_repeated: bool) -> None:
    if name != field:
        raise _invalid(Violation(child_pointer("", name), UNKNOWN_FIELD, {"known": [field]}))
    if is_repeated:
        raise _invalid(Violation(f"/{field}", REPEATED))


def _invalid(violation: Violation) -> Problem:
    return Problem(INVALID_BODY, violations=[violation])
