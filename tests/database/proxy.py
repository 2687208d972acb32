"""A TCP proxy in front of PostgreSQL, for failures of the network."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Self
from urllib.parse import parse_qs, urlsplit


class Proxy:
    """A proxy to PostgreSQL that can go silent: it stops forwarding, but keeps connections and what they sent."""

    def __init__(self, dsn: str, listener: socket.socket | None = None) -> None:
        """Take PostgreSQL's address, and a bound socket to listen on instead of one on the loopback."""
        parts = urlsplit(dsn)
        self._socket = f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.5432"
        self._parts = parts
        self._listener = listener
        self._silent: set[asyncio.StreamWriter] = set()
        self._speaking = asyncio.Event()
        self._all: set[asyncio.StreamWriter] = set()
        # How many connections there were.
        self.accepted = 0
        # What is done before each execution of a statement that was prepared before.
        self.before_execution: Callable[[], Awaitable[None]] | None = None

    async def __aenter__(self) -> Self:
        listener = self._listener
        if listener is None:
            listener = socket.socket()
            # Most of a longer statement stays in the sender's kernel while the proxy is paused.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            listener.bind(("127.0.0.1", 0))
        self._server = await asyncio.start_server(self._connected, sock=listener)
        host, port = self._server.sockets[0].getsockname()
        self.dsn = f"postgresql://{self._parts.username}@{host}:{port}/nestwerk?sslmode=disable"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._speaking.set()
        for writer in self._all:
            writer.close()

    def go_silent(self) -> None:
        """Forward nothing on the current connections until `speak`."""
        self._silent |= self._all

    def speak(self) -> None:
        """Forward what was kept."""
        self._speaking.set()

    def cut(self) -> None:
        """End all connections at once."""
        for writer in self._all:
            writer.transport.abort()
        self._all.clear()

    def pause(self) -> None:
        """Leave what clients send to the kernel, as a partitioned network does."""
        for writer in self._all:
            writer.transport.pause_reading()  # type: ignore[attr-defined]

    def resume(self) -> None:
        for writer in self._all:
            writer.transport.resume_reading()  # type: ignore[attr-defined]

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.accepted += 1
        upstream, back = await asyncio.open_unix_connection(self._socket)
        self._all |= {writer, back}
        await asyncio.gather(self._carry(reader, back), self._carry(upstream, writer))

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                # asyncpg sends Bind first, and has then read what came of Parse.
                if data.startswith(b"B") and self.before_execution is not None:
                    await self.before_execution()
                if writer in self._silent:
                    await self._speaking.wait()
                writer.write(data)
        writer.close()
