"""Open-loop load: requests are sent when they are due, whether or not earlier ones have been answered.

Latency counts from the time when a request was due, so that a service that falls behind can't hide it by slowing its
clients down. Timers are exact to a millisecond, so requests that are due in the same one are sent together.
"""

import asyncio
import ssl
import time
from collections import deque
from collections.abc import Sequence
from typing import Final
from urllib.parse import SplitResult

from tests.load.exchange import Exchange
from tests.load.figures import Step, percentile

# Seconds to wait for answers after the last request.
ANSWER_TIMEOUT: Final = 2.0


class _Run:
    """State of a run: idle connections, waiting requests and results."""

    def __init__(self, address: SplitResult, requests: Sequence[bytes]) -> None:
        self._address = address
        self._context = ssl.create_default_context() if address.scheme == "https" else None
        self._requests = requests
        self._loop = asyncio.get_running_loop()
        self._idle: list[Exchange] = []
        self._waiting: deque[float] = deque()
        # Number of lost connections that are to be opened anew when a request waits.
        self._lost = 0
        self._reconnects: set[asyncio.Task[None]] = set()
        self._position = 0
        self.open: set[Exchange] = set()
        self.latencies: list[float] = []
        self.failed = 0
        self.last = 0.0

    async def connect(self) -> None:
        port = self._address.port or (443 if self._context else 80)
        await self._loop.create_connection(
            lambda: Exchange(self), self._address.hostname or "", port, ssl=self._context
        )

    def offer(self, due: float) -> None:
        if self._idle:
            self._send(self._idle.pop(), due)
        else:
            self._waiting.append(due)
            self._reconnect()

    def _send(self, exchange: Exchange, due: float) -> None:
        self._position = (self._position + 1) % len(self._requests)
        exchange.send(self._requests[self._position], due)

    def ready(self, exchange: Exchange) -> None:
        self.open.add(exchange)
        if self._waiting:
            self._send(exchange, self._waiting.popleft())
        else:
            self._idle.append(exchange)

    def answered(self, due: float, status: int) -> None:
        self.last = self._loop.time()
        if 200 <= status < 300:
            self.latencies.append(self.last - due)
        else:
            self.failed += 1

    def lost(self, exchange: Exchange, due: float | None) -> None:
        self.open.discard(exchange)
        if due is not None:
            self.failed += 1
        elif exchange in self._idle:
            self._idle.remove(exchange)
        self._lost += 1
        self._reconnect()

    def _reconnect(self) -> None:
        if self._waiting and self._lost:
            self._lost -= 1
            task = self._loop.create_task(self._connect_again())
            self._reconnects.add(task)
            task.add_done_callback(self._reconnects.discard)

    async def _connect_again(self) -> None:
        try:
            await self.connect()
        except OSError:
            self._lost += 1
            if self._waiting:
                self._waiting.popleft()
                self.failed += 1

    def end(self) -> None:
        """Give up requests without an answer, and close all connections."""
        self._waiting.clear()
        for task in self._reconnects:
            task.cancel()
        for exchange in self.open:
            exchange.close()


async def offer(
    system: str, address: SplitResult, requests: Sequence[bytes], *, rate: float, seconds: float, connections: int
) -> Step:
    """Offer `rate` requests a second for `seconds`; requests not answered soon after count as errors.

    Raises:
        OSError: the service can't be reached.

    """
    loop = asyncio.get_running_loop()
    run = _Run(address, requests)
    try:
        for _ in range(connections):
            await run.connect()
        total = max(1, round(rate * seconds))
        start, busy = loop.time(), time.process_time()
        sent = 0
        while sent < total:
            due = min(total, int((loop.time() - start) * rate) + 1)
            for number in range(sent, due):
                run.offer(start + number / rate)
            sent = due
            await asyncio.sleep(start + sent / rate - loop.time())
        deadline = loop.time() + ANSWER_TIMEOUT
        while len(run.latencies) + run.failed < total and loop.time() < deadline:
            await asyncio.sleep(0.01)
        generator = (time.process_time() - busy) / (loop.time() - start)
    finally:
        run.end()
    latencies = sorted(run.latencies)
    return Step(
        system=system,
        requests=total,
        offered=rate,
        achieved=len(latencies) / max(run.last - start, seconds),
        errors=total - len(latencies),
        generator=generator,
        p50=percentile(latencies, 0.5) * 1000,
        p99=percentile(latencies, 0.99) * 1000,
        p999=percentile(latencies, 0.999) * 1000,
    )
