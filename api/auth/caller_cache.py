"""A cache of callers for some seconds, so that most requests need no statement to identify their caller.

It's told who is to be forgotten (`caller_changes.py`), and remembers nobody while it isn't. Who goes on asking is
looked up again before they are forgotten, so that hardly any request has to wait for that: a hundredth of the requests
would, and be the slowest.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import Context
from functools import partial
from random import uniform
from time import monotonic
from typing import Final

from api.auth.schemas import Caller
from api.database.transactions import deferred
from api.metrics import Reading
from api.recurring import end, logged

logger = logging.getLogger(__name__)

# Seconds.
LIFETIME: Final = 5.0
# Shares of that from which on a caller who asks is looked up again; they differ, so that those who came together aren't
# looked up together.
FRESH: Final = (0.5, 0.9)
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
        # Whether it's told who changes.
        self._is_told = False
        # Counts changes: a caller that was looked up before the last one may be out of date.
        self._generation = 0
        # Who is to be looked up ahead.
        self._due: dict[bytes, Entry] = {}
        self._looking_ahead: asyncio.Task[None] | None = None
        self._hits = self._misses = 0

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
        if caller is not None and self._is_told and generation == self._generation:
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

    def begin(self) -> None:
        """Remember callers from now on, as it's told to forget those who change."""
        # Who is looked up now may have changed before that.
        self._generation += 1
        self._is_told = True

    def stop(self) -> None:
        """Forget all callers, and remember none."""
        self._is_told = False
        self.forget_all()

    async def close(self) -> None:
        """Look nobody up any more."""
        await end(self._looking_ahead)
