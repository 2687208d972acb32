"""Request bodies."""

from typing import Final

from litestar.types import Receive

from api.problems.problem import Problem
from api.problems.types import BODY_TOO_LARGE, MALFORMED_BODY, UNSUPPORTED_MEDIA_TYPE

# Bytes that are read and dropped of a body that is too large: a client whose connection closes while it still sends
# may never read the response.
_DRAIN_LIMIT: Final = 8 * 1024 * 1024


def check_content_type(content_type: bytes | None, *, merge_patch: bool) -> None:
    """Refuse bodies whose `Content-Type` isn't JSON.

    Raises:
        Problem: `unsupported_media_type`.

    """
    if content_type == b"application/json":
        return
    essence = (content_type or b"").partition(b";")[0].strip().lower()
    if essence == b"application/json" or (merge_patch and essence == b"application/merge-patch+json"):
        return
    raise Problem(UNSUPPORTED_MEDIA_TYPE, headers={"Accept": "application/json"})


def check_content_encoding(content_encoding: bytes | None) -> None:
    """Refuse bodies with a content coding, such as gzip: they are read as they are.

    Raises:
        Problem: `unsupported_media_type`, with `Accept-Encoding` in place of `Accept` (RFC 9110, 15.5.16).

    """
    if content_encoding is None:
        return
    for coding in content_encoding.lower().split(b","):
        if coding.strip(b" \t") not in {b"", b"identity"}:
            raise Problem(UNSUPPORTED_MEDIA_TYPE, headers={"Accept-Encoding": "identity"})


async def read_body(headers: dict[bytes, bytes], receive: Receive, limit: int) -> bytes:
    """Body of a request, in bytes.

    Raises:
        Problem: `body_too_large`, before more than `limit` bytes are kept; `malformed_body` when it was cut off.

    """
    length = headers.get(b"content-length")
    if length is not None and length.isdigit() and int(length) > limit:
        await _drain(receive)
        raise Problem(BODY_TOO_LARGE, limit=limit)
    parts: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise Problem(MALFORMED_BODY)
        part = message["body"]
        size += len(part)
        if size > limit:
            if message["more_body"]:
                await _drain(receive)
            raise Problem(BODY_TOO_LARGE, limit=limit)
        if not message["more_body"]:
            return b"".join([*parts, part]) if parts else bytes(part)
        parts.append(part)


async def _drain(receive: Receive) -> None:
    size = 0
    while size < _DRAIN_LIMIT:
        message = await receive()
        if message["type"] != "http.request" or not message["more_body"]:
            return
        size += len(message["body"])
