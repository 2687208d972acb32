"""Clients that keep calling the statements of a release through a pool like that of a worker."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from time import perf_counter
from typing import Final

import asyncpg

from api.checks.rehearsal.rehearsal_error import RehearsalError
from api.checks.rehearsal.requests import Request
from api.database.pool import Pool, open_pool
from api.database.retries import OutcomeUnknown
from api.facts import Family

CLIENTS: Final = 16
# Seconds that a client pauses after each answer, as this is no load test.
PAUSE: Final = 0.01
# Seconds; longer than any statement may take.
ROUND_TIMEOUT: Final = 30.0


class Observations:
    """What clients saw during a period.

    `longest` is the duration of the longest call that began before `close`, in seconds. `errors` counts the errors by
    request and reason; `broken` are the requests that still fail after `close`.
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
    """Running clients; what they see goes into the `Observations` that were begun last."""

    def __init__(self, pool: Pool, requests: Sequence[Request], families: Sequence[Family]) -> None:
        self._pool = pool
        self.requests = list(requests)
        self.seen = Observations()
        self._families = families
        self._shuffled: list[Request] = []
        self._round = 0
        self._awaited: set[str | int] = set()
        self._complete = asyncio.Event()

    def begin(self) -> Observations:
        self.seen = Observations()
        return self.seen

    async def round(self) -> None:
        """Wait until each kind of request has been sent and answered once more, and each client has had an answer.

        Raises:
            RehearsalError: some get no answer in time.

        """
        self._round += 1
        self._shuffled = list(self.requests)
        self._awaited = {*(request.name for request in self.requests), *range(CLIENTS)} if self.requests else set()
        if not self._awaited:
            return
        self._complete.clear()
        try:
            async with asyncio.timeout(ROUND_TIMEOUT):
                await self._complete.wait()
        except TimeoutError:
            waiting = ", ".join(sorted(name for name in self._awaited if isinstance(name, str)))
            raise RehearsalError(f"no answer within {ROUND_TIMEOUT:.0f} s: {waiting or 'some client'}") from None

    def leave_out(self, names: set[str]) -> None:
        self.requests = [request for request in self.requests if request.name not in names]
        self._shuffled.clear()

    async def client(self, number: int) -> None:
        while True:
            request = self._next()
            family = random.choice(self._families)  # noqa: S311
            current, begun = self._round, perf_counter()
            try:
                await self._run(request, family)
            except Exception as error:  # noqa: BLE001
                if not _is_full(error):
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
        if not self._shuffled:
            self._shuffled = [request for request in self.requests for _ in range(request.share)]
            random.shuffle(self._shuffled)
        return self._shuffled.pop()


@asynccontextmanager
async def run_clients(dsn: str, requests: Sequence[Request], families: Sequence[Family]) -> AsyncIterator[Traffic]:
    """Run clients until the block ends, on a pool like that of a worker; none if there is no request."""
    merged = [statement for request in requests for statement, _ in request.steps if statement.batch]
    async with open_pool(dsn, merged) as pool:
        traffic = Traffic(pool, requests, families)
        clients = [asyncio.create_task(traffic.client(number)) for number in range(CLIENTS if requests else 0)]
        try:
            yield traffic
        finally:
            for client in clients:
                client.cancel()
            for client in clients:
                with suppress(asyncio.CancelledError):
                    await client


def _is_full(error: Exception) -> bool:
    """Whether a family has as many rows as it may have, by one of the triggers that limit them."""
    return isinstance(error, asyncpg.CheckViolationError) and (error.constraint_name or "").endswith("_limit")


def _reason(error: BaseException) -> str:
    """Message of an error, or of the cause of an unknown outcome."""
    if isinstance(error, OutcomeUnknown) and error.__cause__ is not None:
        return _reason(error.__cause__)
    if isinstance(error, TimeoutError):
        # asyncpg's has no message.
        return str(error) or "no answer in time"
    return str(error).partition("\n")[0] or type(error).__name__
