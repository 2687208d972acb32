"""A server of HTTP/1.1 in a thread, around an application that a test makes up, and raw clients of it."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import uvloop

from api.http1.connection import Connection
from api.http1.connections import Connections
from api.http1.heads import Header
from api.http1.limits import Limits
from api.http1.listener import Listener
from api.problems.problem import Problem
from tests.asgi import whole_body
from tests.waiting import LONGEST

# Seconds that a client waits for bytes.
PATIENCE: Final = LONGEST
# Limits in seconds that no test runs into.
LONG: Final = Limits(head=60, body=60, idle=60, send=60)
TICK: Final = 0.02

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer with the path and the body."""
    await respond(send, scope["path"].encode() + b" " + await whole_body(receive))


async def early(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer without reading the body."""
    await respond(send, b"early", 401)


async def respond(send: Any, body: bytes, status: int = 200, headers: list[Header] | None = None) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers or []})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def refuse(problem: Problem, _: Any) -> tuple[int, list[Header], bytes]:
    return problem.type.status, [], problem.type.code.encode()


class Server:
    """Runs an application in a thread of its own until `stop`."""

    def __init__(self, app: App, limits: Limits, unlimited: Callable[[str], bool]) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port: int = self._listening.getsockname()[1]
        self._app, self._limits, self._unlimited = app, limits, unlimited
        self.connections: Connections
        self.loop: asyncio.AbstractEventLoop
        self._clients: list[Client] = []
        self._started = threading.Event()
        self._thread = threading.Thread(target=lambda: uvloop.run(self._serve()), daemon=True)
        self._thread.start()
        assert self._started.wait(PATIENCE)

    async def _serve(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self.connections = Connections(self._app, refuse, self._limits, vital=("/vital",), unlimited=self._unlimited)
        listener = Listener(
            self._listening,
            lambda: Connection(self.connections),
            may_accept=self.connections.has_room,
            is_exceeded=lambda _: False,
        )
        listener.start()
        self._started.set()
        ticking = asyncio.create_task(self._tick())
        await self._stop.wait()
        listener.stop()
        await self.connections.stop(PATIENCE)
        ticking.cancel()

    async def _tick(self) -> None:
        while True:
            self.connections.tick()
            await asyncio.sleep(TICK)

    def begin_to_stop(self) -> None:
        """Have it stop, without waiting for that."""
        self.loop.call_soon_threadsafe(self._stop.set)

    def stop(self) -> None:
        for client in self._clients:
            client.socket.close()
        # It may have been told to, and end just now.
        with suppress(RuntimeError):
            self.begin_to_stop()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        self._listening.close()

    def connect(self, *, receive_buffer: int | None = None) -> "Client":
        client = Client(self.port, receive_buffer)
        self._clients.append(client)
        return client


class Client:
    """A client's socket."""

    def __init__(self, port: int, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._left = bytearray()

    def send(self, data: bytes) -> "Client":
        self.socket.sendall(data)
        return self

    def response(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the next response, which must have a length."""
        while b"\r\n\r\n" not in self._left:
            self._more()
        head, _, self._left = self._left.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        length = int(headers.get("content-length", 0))
        while len(self._left) < length:
            self._more()
        body, self._left = bytes(self._left[:length]), self._left[length:]
        return int(status.split(" ")[1]), headers, body

    def _more(self) -> None:
        received = self.socket.recv(65536)
        assert received, f"the connection was closed after {self._left!r}"
        self._left += received

    def rest(self) -> bytes:
        """All bytes until the server closes the connection."""
        while received := self.socket.recv(65536):
            self._left += received
        rest, self._left = bytes(self._left), bytearray()
        return rest


@contextmanager
def serving(app: App, limits: Limits = LONG, *, unlimited: Callable[[str], bool] = lambda _: False) -> Iterator[Server]:
    server = Server(app, limits, unlimited)
    try:
        yield server
    finally:
        server.stop()
