"""Clients that call the statements of a release, as a worker of the service does, all the time."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Final

from api.checks.rehearsal.rehearsal_error import RehearsalError
from api.checks.rehearsal.requests import Request
from api.database.pool import Pool, open_pool
from api.database.retries import OutcomeUnknown
from api.facts import Family

CLIENTS: Final = 16
# Seconds a client does nothing after each answer: traffic, not a load test.
PAUSE: Final = 0.01
# Seconds: more than any statement may take, and then some.
ROUND_TIMEOUT: Final = 30.0


class Seen:
    """What clients saw in a stretch of time.

    `longest` is the seconds that the longest call took, of those that began before `close`. `errors` counts what was
    served, by request and reason; `broken` are requests that fail still, after what made them fail is over.
    """

    def __init__(self) -> None:
        self.calls = 0
        self.longest = 0.0
        self.errors: Counter[tuple[str, str]] = Counter()
        self.broken: set[str] = set()
        self.closed_at: float | None = None

    def close(self) -> None:
        self.closed_at = perf_counter()


class Traffic:
    """Clients at work; what they see is noted in the `Seen` that was begun last."""

    def __init__(self, pool: Pool, requests: Sequence[Request], families: Sequence[Family]) -> None:
        self._pool = pool
        self.requests = list(requests)
        self.seen = Seen()
        self._families = families
        self._deck: list[Request] = []
        self._round = 0
        self._awaited: set[str | int] = set()
        self._complete = asyncio.Event()

    def begin(self) -> Seen:
        self.seen = Seen()
        return self.seen

    async def round(self) -> None:
        """Wait until each request was answered that began from now on, and each client had an answer.

        Raises:
            RehearsalError: there are clients that get none.

        """
        self._round += 1
        self._deck = list(self.requests)
        self._awaited = {*(request.name for request in self.requests), *range(CLIENTS)}
        self._complete.clear()
        try:
            async with asyncio.timeout(ROUND_TIMEOUT):
                await self._complete.wait()
        except TimeoutError:
            waiting = ", ".join(sorted(name for name in self._awaited if isinstance(name, str)))
            raise RehearsalError(f"no answer within {ROUND_TIMEOUT:.0f} s: {waiting or 'some client'}") from None

    def leave_out(self, names: set[str]) -> None:
        self.requests = [request for request in self.requests if request.name not in names]
        self._deck.clear()

    async def client(self, number: int) -> None:
        while True:
            request = self._next()
            family = random.choice(self._families)  # noqa: S311
            current, begun = self._round, perf_counter()
            try:
                await self._run(request, family)
            except Exception as error:  # noqa: BLE001
                self.seen.errors[request.name, _reason(error)] += 1
                if self.seen.closed_at is not None and current == self._round:
                    self.seen.broken.add(request.name)
            self._note(begun)
            if current == self._round:
                self._awaited -= {request.name, number}
                if not self._awaited:
                    self._complete.set()
            await asyncio.sleep(PAUSE)

    async def _run(self, request: Request, family: Family) -> None:
        steps = request.values(family)
        if len(steps) == 1:
            await self._pool.fetch(*steps[0])
            return
        async with self._pool.transaction():
            for step in steps:
                await self._pool.fetch(*step)

    def _note(self, begun: float) -> None:
        self.seen.calls += 1
        if self.seen.closed_at is None or begun < self.seen.closed_at:
            self.seen.longest = max(self.seen.longest, perf_counter() - begun)

    def _next(self) -> Request:
        if not self._deck:
            self._deck = [request for request in self.requests for _ in range(request.share)]
            random.shuffle(self._deck)
        return self._deck.pop()


@asynccontextmanager
async def running(dsn: str, requests: Sequence[Request], families: Sequence[Family]) -> AsyncIterator[Traffic]:
    """Clients that call until the block ends, through the connections that a worker of the service has."""
    merged = [statement for request in requests for statement, _ in request.steps if statement.batch]
    async with open_pool(dsn, merged) as pool:
        traffic = Traffic(pool, requests, families)
        clients = [asyncio.create_task(traffic.client(number)) for number in range(CLIENTS)]
        try:
            yield traffic
        finally:
            for client in clients:
                client.cancel()
            for client in clients:
                with suppress(asyncio.CancelledError):
                    await client


def _reason(error: BaseException) -> str:
    """What an error says, or the one that left an outcome unknown."""
    if isinstance(error, OutcomeUnknown) and error.__cause__ is not None:
        return _reason(error.__cause__)
    if isinstance(error, TimeoutError):
        # asyncpg's says nothing.
        return str(error) or "no answer in time"
    return str(error).partition("\n")[0] or type(error).__name__
