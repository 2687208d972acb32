"""Answers that are made while they are sent, part by part, so that none has to be in memory as a whole."""

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import perf_counter

from litestar.types import Send

from api.http.current import RequestScope

logger = logging.getLogger(__name__)


async def send_stream(
    scope: RequestScope,
    send: Send,
    status: int,
    headers: list[tuple[bytes, bytes]],
    stream: AsyncGenerator[bytes],
) -> None:
    """Send a head, and what a generator gives when the client takes it.

    If the generator fails, the answer isn't ended, by which the client knows that it isn't whole. The generator is
    closed in any case, also when the client is gone.
    """
    await send({"type": "http.response.start", "status": status, "headers": headers})
    async with aclosing(stream):
        if scope["method"] == "HEAD":
            # So that no length is told.
            await send({"type": "http.response.body", "body": b"", "more_body": True})
        elif not await _send_parts(scope, send, stream):
            return
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _send_parts(scope: RequestScope, send: Send, stream: AsyncGenerator[bytes]) -> bool:
    """Send what a generator gives; returns whether that was all of it."""
    waited = 0.0
    while True:
        try:
            part = await anext(stream, None)
        except Exception as error:
            kind = (type(error), scope.get("route"))
            logger.exception("an answer was cut off", extra={"event": "cut_off_answer", "kind": kind})
            return False
        if part is None:
            scope["receiving"] = scope.get("receiving", 0.0) + waited
            return True
        begun = perf_counter()
        try:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        except ConnectionResetError:
            return False
        waited += perf_counter() - begun
