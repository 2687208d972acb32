"""Hears whose session or profile changed, so that they are forgotten.

PostgreSQL notifies every worker on the channel `caller_changed` when a user's session ends or profile changes; while a
worker isn't listening its cache has nobody.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from api.auth.caller_cache import CallerCache
from api.database.aliases import Connection
from api.database.keeper import Keeper
from api.recurring import end

logger = logging.getLogger(__name__)

CHANNEL: Final = "caller_changed"
# Seconds.
HEARTBEAT: Final = 0.5

Also = Mapping[str, Callable[[], None]]


@asynccontextmanager
async def listening(cache: CallerCache, keeper: Keeper, also: Also = MappingProxyType({})) -> AsyncIterator[None]:
    """Have callers cached within the block, while the keeper has a connection to PostgreSQL.

    `also` are other channels that are listened to on that connection, and what is then called.
    """
    hearing: asyncio.Task[None] | None = None

    def hear(connection: Connection) -> None:
        nonlocal hearing
        hearing = asyncio.create_task(_listen(connection, cache, keeper, also))

    keeper.start(hear, closed=lambda _: cache.stop())
    try:
        yield
    finally:
        await keeper.close()
        await end(hearing)
        await cache.close()


async def _listen(connection: Connection, cache: CallerCache, keeper: Keeper, also: Also) -> None:
    try:
        await _receive(connection, cache, also)
    except Exception as error:  # noqa: BLE001
        logger.warning("not listening to %s", CHANNEL, extra={"event": "deaf", "error": type(error).__name__})
        keeper.replace(connection)
    finally:
        cache.stop()
        connection.terminate()


async def _receive(connection: Connection, cache: CallerCache, also: Also) -> None:
    await connection.add_listener(CHANNEL, partial(_changed, cache))
    for channel, call in also.items():
        await connection.add_listener(channel, lambda *_, call=call: call())
        # What was told before went unheard.
        call()
    cache.begin()
    while True:
        await asyncio.sleep(HEARTBEAT)
        # An empty transaction detects a connection that died silently.
        async with asyncio.timeout(HEARTBEAT), connection.transaction():
            pass


def _changed(cache: CallerCache, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
    user_id = str(payload)
    if user_id.isdecimal():
        cache.forget(int(user_id))
    else:
        cache.forget_all()
