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
    waited = 0.0
    async with aclosing(stream):
        try:
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b"", "more_body": True})
            else:
                async for part in stream:
                    begun = perf_counter()
                    await send({"type": "http.response.body", "body": part, "more_body": True})
                    waited += perf_counter() - begun
        except ConnectionResetError:
            return
        except Exception as error:
            logger.error(  # noqa: TRY400
                "an answer was cut off",
                exc_info=error,
                extra={"event": "cut_off_answer", "kind": (type(error), scope.get("route"))},
            )
            return
    scope["receiving"] = scope.get("receiving", 0.0) + waited
    await send({"type": "http.response.body", "body": b"", "more_body": False})
