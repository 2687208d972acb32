"""Open loop: requests go out when they are due, whether or not earlier ones have been answered.

Latency counts from when a request was due, so that a service that falls behind can't hide it by slowing its clients.
A timer is exact to a millisecond: requests that fall due within one go out together.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Sequence
from typing import Final
from urllib.parse import SplitResult

from tests.load.figures import Step, percentile

# Seconds that answers are waited for after the last request.
PATIENCE: Final = 2.0


class _Client(asyncio.Protocol):
    """A connection, with one request under way at most."""

    def __init__(self, run: "_Run") -> None:
        self._run = run
        self._buffer = bytearray()
        self._transport: asyncio.WriteTransport
        self.due: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def send(self, request: bytes, due: float) -> None:
        self.due = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end]).lower()
        length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or b"0")
        if len(self._buffer) >= end + 4 + length:
            self._buffer.clear()
            self._run.answered(self, ok=head[9:10] == b"2")

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._run.lost(self)

    def close(self) -> None:
        self._transport.close()


class _Run:
    """Requests that are due, those under way, and what became of them."""

    def __init__(self, requests: Sequence[bytes]) -> None:
        self._requests = requests
        self._loop = asyncio.get_running_loop()
        self._idle: list[_Client] = []
        self._waiting: deque[float] = deque()
        self._position = 0
        self.latencies: list[float] = []
        self.failed = 0
        self.last = 0.0

    def ready(self, client: _Client) -> None:
        self._idle.append(client)

    def offer(self, due: float) -> None:
        if self._idle:
            self._send(self._idle.pop(), due)
        else:
            self._waiting.append(due)

    def _send(self, client: _Client, due: float) -> None:
        self._position = (self._position + 1) % len(self._requests)
        client.send(self._requests[self._position], due)

    def answered(self, client: _Client, *, ok: bool) -> None:
        if client.due is None:
            return
        self.last = self._loop.time()
        if ok:
            self.latencies.append(self.last - client.due)
        else:
            self.failed += 1
        client.due = None
        if self._waiting:
            self._send(client, self._waiting.popleft())
        else:
            self._idle.append(client)

    def lost(self, client: _Client) -> None:
        if client.due is not None:
            self.failed += 1
        elif client in self._idle:
            self._idle.remove(client)


async def offer(
    system: str, address: SplitResult, requests: Sequence[bytes], *, rate: float, seconds: float, connections: int
) -> Step:
    """Offer so many requests a second for some seconds; what isn't answered soon after counts as an error.

    Raises:
        OSError: the service can't be reached.

    """
    loop = asyncio.get_running_loop()
    run = _Run(requests)
    clients = await _connect(run, address, connections)
    total = max(1, round(rate * seconds))
    start = loop.time()
    sent = 0
    while sent < total:
        due = min(total, int((loop.time() - start) * rate) + 1)
        for number in range(sent, due):
            run.offer(start + number / rate)
        sent = due
        await asyncio.sleep(start + sent / rate - loop.time())
    deadline = loop.time() + PATIENCE
    while len(run.latencies) + run.failed < total and loop.time() < deadline:
        await asyncio.sleep(0.01)
    latencies = sorted(run.latencies)
    for client in clients:
        client.due = None
        client.close()
    return Step(
        system=system,
        offered=rate,
        achieved=len(latencies) / max(run.last - start, seconds),
        errors=total - len(latencies),
        p50=percentile(latencies, 0.5) * 1000,
        p99=percentile(latencies, 0.99) * 1000,
        p999=percentile(latencies, 0.999) * 1000,
    )


async def _connect(run: _Run, address: SplitResult, connections: int) -> list[_Client]:
    secure = address.scheme == "https"
    port = address.port or (443 if secure else 80)
    context = ssl.create_default_context() if secure else None
    clients = []
    for _ in range(connections):
        _, client = await asyncio.get_running_loop().create_connection(
            lambda: _Client(run), address.hostname or "", port, ssl=context
        )
        run.ready(client)
        clients.append(client)
    return clients
