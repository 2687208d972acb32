"""A cache of callers for some seconds, so that most requests need no statement to identify their caller.

PostgreSQL notifies every worker on the channel `caller_changed` when a user's session ends or profile changes; a worker
that isn't listening caches nobody. Who goes on asking is looked up again before they are forgotten, so that hardly any
request has to wait for that: a hundredth of the requests would, and be the slowest.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from functools import partial
from random import uniform
from time import monotonic
from types import MappingProxyType
from typing import Any, Final

from api.auth.queries import sql
from api.auth.schemas import Caller
from api.database.aliases import Connection
from api.database.keeper import Keeper
from api.database.transactions import deferred
from api.metrics import Reading
from api.recurring import logged

logger = logging.getLogger(__name__)

CHANNEL: Final = "caller_changed"
# Seconds.
LIFETIME: Final = 5.0
# Shares of that from which on a caller who asks is looked up again; they differ, so that those who came together aren't
# looked up together.
FRESH: Final = (0.5, 0.9)
HEARTBEAT: Final = 0.5
CAPACITY: Final = 50_000
# Seconds in which callers gather who are looked up ahead, and how many are at once at most, as requests queue behind.
GATHERING: Final = 0.1
TOGETHER: Final = 32

LookUp = Callable[[bytes], Awaitable[Caller | None]]
# A caller, and the times until which they are fresh, and remembered.
Entry = tuple[Caller, float, float]


class CallerCache:
    """Callers by the digest of their token, at most `CAPACITY` of them, each for at most `LIFETIME` seconds."""

    def __init__(self, look_ahead: LookUp) -> None:
        """Take what looks callers up before they are forgotten; who isn't found then is forgotten at once."""
        self._look_up_ahead = look_ahead
        self._callers: dict[bytes, Entry] = {}
        self._digests: dict[int, set[bytes]] = {}
        self._listening = False
        self._hearing: asyncio.Task[None] | None = None
        # Counts changes: a caller that was looked up before the last one may be out of date.
        self._generation = 0
        # Who is to be looked up ahead.
        self._due: dict[bytes, Entry] = {}
        self._looking_ahead: asyncio.Task[None] | None = None
        self._hits = self._misses = 0
        self._also: Mapping[str, Callable[[], None]] = {}

    def remembered(self, digest: bytes) -> Caller | None:
        """Caller of a token whom the cache has."""
        found = self._callers.get(digest)
        if found is None:
            return None
        caller, fresh, end = found
        now = monotonic()
        if now >= fresh:
            if now >= end:
                return None
            # Once, whoever else asks.
            self._callers[digest] = self._due[digest] = (caller, end, end)
            if self._looking_ahead is None or self._looking_ahead.done():
                # It's for many, and not only for the request that happens to begin it.
                loop = asyncio.get_running_loop()
                self._looking_ahead = loop.create_task(self._look_ahead(), context=Context())
        self._hits += 1
        return caller

    async def looked_up(self, digest: bytes, look_up: LookUp) -> Caller | None:
        """Caller of a token whom the cache doesn't have, and remembers if it may."""
        self._misses += 1
        generation = self._generation
        caller = await look_up(digest)
        if caller is not None and self._listening and generation == self._generation:
            self._remember(digest, caller)
        return caller

    async def _look_ahead(self) -> None:
        while self._due:
            if len(self._due) < TOGETHER:
                await asyncio.sleep(GATHERING)
            await asyncio.gather(*[self._renew(digest, entry) for digest, entry in self._take_due()])

    def _take_due(self) -> list[tuple[bytes, Entry]]:
        """Some who are to be looked up ahead, and aren't forgotten yet."""
        taken: list[tuple[bytes, Entry]] = []
        now = monotonic()
        while self._due and len(taken) < TOGETHER:
            digest = next(iter(self._due))
            entry = self._due.pop(digest)
            if self._callers.get(digest) is entry and now < entry[2]:
                taken.append((digest, entry))
        return taken

    async def _renew(self, digest: bytes, entry: Entry) -> None:
        with logged(logger, "a caller isn't looked up ahead"):
            caller = await self._look_up_ahead(digest)
            # Who changed meanwhile was forgotten.
            if self._callers.get(digest) is entry:
                self._drop(digest)
                if caller is not None:
                    self._remember(digest, caller)

    def readings(self) -> list[Reading]:
        """What the metrics say of the cache."""
        return [
            Reading("nestwerk_caller_cache_size", "Callers in the cache.", (), lambda: {(): len(self._callers)}),
            Reading(
                "nestwerk_caller_cache_lookups_total",
                "Tokens that were looked up, and whether the cache had their caller.",
                ("result",),
                lambda: {("hit",): self._hits, ("miss",): self._misses},
                "counter",
            ),
        ]

    def forget(self, user_id: int) -> None:
        """Forget all sessions of a user, and once more when what ended them is committed, if it isn't yet."""
        deferred(partial(self._forget, user_id))
        self._forget(user_id)

    def _forget(self, user_id: int) -> None:
        self._generation += 1
        for digest in self._digests.pop(user_id, ()):
            self._callers.pop(digest, None)

    def forget_all(self) -> None:
        self._generation += 1
        self._callers.clear()
        self._digests.clear()

    def _remember(self, digest: bytes, caller: Caller) -> None:
        # A user without a profile is about to create one, and to use it at once, perhaps on another worker.
        if caller.parent_profile_id < 0:
            return
        while len(self._callers) >= CAPACITY:
            self._drop(next(iter(self._callers)))
        # Moved to the end, so that the first is always the oldest.
        self._callers.pop(digest, None)
        lifetime = min(LIFETIME, caller.seconds_left)
        now = monotonic()
        self._callers[digest] = (caller, now + lifetime * uniform(*FRESH), now + lifetime)  # noqa: S311
        self._digests.setdefault(caller.user_id, set()).add(digest)

    def _drop(self, digest: bytes) -> None:
        caller, *_ = self._callers.pop(digest)
        digests = self._digests[caller.user_id]
        digests.discard(digest)
        if not digests:
            del self._digests[caller.user_id]

    @asynccontextmanager
    async def listening(
        self, keeper: Keeper, also: Mapping[str, Callable[[], None]] = MappingProxyType({})
    ) -> AsyncIterator[None]:
        """Cache callers within the block, while the keeper has a connection to PostgreSQL.

        `also` are other channels that are listened to on that connection, and what is then called.
        """
        self._also = also

        def hear(connection: Connection) -> None:
            self._hearing = asyncio.create_task(self._listen(connection, keeper))

        keeper.start(hear, closed=lambda _: self._stop_listening())
        try:
            yield
        finally:
            await keeper.close()
            for task in (self._hearing, self._looking_ahead):
                if task is not None:
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task

    async def _listen(self, connection: Connection, keeper: Keeper) -> None:
        try:
            await self._receive(connection)
        except Exception as error:  # noqa: BLE001
            logger.warning("not listening to %s", CHANNEL, extra={"event": "deaf", "error": type(error).__name__})
            keeper.replace(connection)
        finally:
            self._stop_listening()
            connection.terminate()

    async def _receive(self, connection: Connection) -> None:
        await connection.add_listener(CHANNEL, self._changed)
        for channel, call in self._also.items():
            await connection.add_listener(channel, lambda *_, call=call: call())
            # What was told before went unheard.
            call()
        # Who is looked up now may have changed before it listened.
        self._generation += 1
        self._listening = True
        while True:
            await asyncio.sleep(HEARTBEAT)
            # An empty transaction detects a connection that died silently.
            async with asyncio.timeout(HEARTBEAT), connection.transaction():
                pass

    def _changed(self, _connection: Any, _pid: int, _channel: str, payload: object) -> None:
        user_id = str(payload)
        if user_id.isdecimal():
            self.forget(int(user_id))
        else:
            self.forget_all()

    def _stop_listening(self) -> None:
        self._listening = False
        self.forget_all()


async def _get_ahead(digest: bytes) -> Caller | None:
    """Caller of a token, unless their session is due: a browser is told of a renewal by the request that did it."""
    caller = await sql.get_caller(token_digest=digest)
    return None if caller is None or caller.is_due else caller


callers = CallerCache(_get_ahead)
