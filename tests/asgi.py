"""Reads what an ASGI application receives."""

from collections.abc import Awaitable, Callable
from typing import Any


async def whole_body(receive: Callable[[], Awaitable[Any]]) -> bytes:
    """Body of a request; what came of it if the client left."""
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body
