"""What a client without an account can do to a service: connections that cost, requests that cost, and guesses.

Each attack repeats itself until it's cancelled, from an address of its own, and takes what the service does to it.
"""

import asyncio
import json
import resource
import socket
import struct
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from itertools import count
from typing import Final, TypeAlias

ADDRESS: Final = "127.0.0.66"
_RESET: Final = struct.pack("ii", 1, 0)
_names: Final = count()

Connection: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Attack: TypeAlias = Callable[[int], Awaitable[None]]


def request(line: str, body: bytes = b"", *more: str) -> bytes:
    lines = [f"{line} HTTP/1.1", "Host: localhost", *more]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def _connect(port: int) -> Connection:
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(ADDRESS, 0))


async def _silent(port: int) -> None:
    """Say nothing."""
    reader, _ = await _connect(port)
    await reader.read()


async def _slow(port: int, start: bytes) -> None:
    """Send a byte a second."""
    reader, writer = await _connect(port)
    writer.write(start)
    ended = asyncio.ensure_future(reader.read())
    while not ended.done():
        writer.write(b"a")
        await asyncio.sleep(1)


async def _slow_head(port: int) -> None:
    await _slow(port, b"GET /health/live HTTP/1.1\r\nX: ")


async def _slow_body(port: int) -> None:
    await _slow(port, request("POST /api/login", b" " * 60_000)[:-60_000])


async def _deaf(port: int) -> None:
    """Ask for large answers, and read none."""
    reader, writer = await _connect(port)
    reader._transport.pause_reading()  # type: ignore[attr-defined]
    while not writer.transport.is_closing():
        writer.write(request("GET /schema/openapi.json") * 10)
        with suppress(TimeoutError):
            await asyncio.wait_for(writer.drain(), 1)
        await asyncio.sleep(0.1)


async def _resets(port: int) -> None:
    """Leave without waiting for the answer."""
    _, writer = await _connect(port)
    writer.write(request("GET /api/users/me") * 20)
    await writer.drain()
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()


async def _garbage(port: int) -> None:
    reader, writer = await _connect(port)
    writer.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x16\x03\x01" * 1000)
    await reader.read()
    writer.close()


def _asking(make: Callable[[], bytes]) -> Attack:
    """Ask one thing after another over a connection."""

    async def ask(port: int) -> None:
        reader, writer = await _connect(port)
        while True:
            writer.write(make())
            head = await reader.readuntil(b"\r\n\r\n")
            for line in head.lower().split(b"\r\n"):
                if line.startswith(b"content-length: "):
                    await reader.readexactly(int(line[16:]))
            if b"connection: close" in head.lower():
                writer.close()
                return

    return ask


def _registration() -> bytes:
    name = f"attacker{next(_names)}"
    data = {"username": name, "email": f"{name}@example.org", "password": "een lange zin onthoudt beter"}
    return request("POST /api/register", json.dumps(data).encode())


def _guess() -> bytes:
    data = {"username": f"parent{next(_names) % 50}", "password": "verkeerd geraden"}
    return request("POST /api/login", json.dumps(data).encode())


# How many clients there are of each attack.
ATTACKS: Final[Mapping[str, tuple[Attack, int]]] = {
    "silent connections": (_silent, 600),
    "slow heads": (_slow_head, 100),
    "slow bodies": (_slow_body, 100),
    "answers that nobody reads": (_deaf, 20),
    "resets": (_resets, 4),
    "garbage": (_garbage, 4),
    "long queries": (_asking(lambda: request("GET /health/live?" + "a&" * 3900)), 4),
    "many headers": (_asking(lambda: request("GET /health/live", b"", *["X: a"] * 90)), 2),
    "long languages": (_asking(lambda: request("GET /nowhere", b"", "Accept-Language: " + "a," * 15_000)), 4),
    "deep JSON": (_asking(lambda: request("POST /api/login", b"[" * 60_000)), 4),
    "registrations": (_asking(_registration), 16),
    "guesses": (_asking(_guess), 16),
}


async def attack(port: int) -> None:
    """Do all of it at once, until cancelled."""
    async with asyncio.TaskGroup() as group:
        for repeat, clients in ATTACKS.values():
            for _ in range(clients):
                group.create_task(_repeat(repeat, port))


async def _repeat(one: Attack, port: int) -> None:
    while True:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await one(port)
        await asyncio.sleep(0.02)


def main() -> None:
    """Attack the service on a port for some seconds: `python -m tests.load.attacks PORT SECONDS`."""
    port, seconds = int(sys.argv[1]), float(sys.argv[2])

    async def limited() -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await attack(port)

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    asyncio.run(limited())


if __name__ == "__main__":
    main()
