"""An HTTP connection with one request at a time."""

import asyncio
from typing import Protocol


class Listener(Protocol):
    """Receives the events of exchanges."""

    def ready(self, exchange: "Exchange") -> None:
        """The exchange can take a request."""

    def answered(self, due: float, status: int) -> None:
        """The request that was due at that time was answered."""

    def lost(self, exchange: "Exchange", due: float | None) -> None:
        """The connection ended; `due` is the time of the request under way, if any."""


class Exchange(asyncio.Protocol):
    """A connection with at most one request under way."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._buffer = bytearray()
        self._transport: asyncio.WriteTransport
        self._due: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]
        self._listener.ready(self)

    def send(self, request: bytes, due: float) -> None:
        self._due = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0 or self._due is None:
            return
        head = bytes(self._buffer[:end]).lower()
        if not self._is_whole(head, end + 4):
            return
        self._buffer.clear()
        due, self._due = self._due, None
        self._listener.answered(due, int(head[9:12]))
        if head.startswith(b"http/1.0") or b"\r\nconnection: close" in head:
            self._transport.close()
        else:
            self._listener.ready(self)

    def _is_whole(self, head: bytes, start: int) -> bool:
        if b"\r\ntransfer-encoding: chunked" in head:
            return self._buffer.endswith(b"\r\n0\r\n\r\n")
        length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or b"0")
        return len(self._buffer) >= start + length

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._listener.lost(self, self._due)

    def close(self) -> None:
        """Close the connection, and forget a request that is under way."""
        self._due = None
        self._transport.close()
