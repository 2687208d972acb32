"""The open loop with services that answer, fail, stall, hang up or stay silent."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Final
from urllib.parse import SplitResult, urlsplit

import pytest

from tests.conftest import free_port
from tests.load import open_loop
from tests.load.figures import Step
from tests.load.open_loop import offer

OK: Final = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
REQUESTS: Final = [f"GET /{number} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode() for number in range(3)]
# Answers the request with a number, or doesn't.
Answer = Callable[[StreamWriter, int], Awaitable[None]]


class Server:
    """An HTTP server that numbers its requests and answers them with a given function."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.connections = 0
        self.requests: list[bytes] = []

    async def serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.connections += 1
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while not writer.is_closing():
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                await self._answer(writer, len(self.requests))
        writer.close()


@asynccontextmanager
async def running(answer: Answer) -> AsyncIterator[tuple[SplitResult, Server]]:
    server = Server(answer)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    try:
        yield urlsplit(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"), server
    finally:
        listening.close()


async def offered(address: SplitResult, *, rate: float = 400, seconds: float = 0.1, connections: int = 4) -> Step:
    return await offer("service", address, REQUESTS, rate=rate, seconds=seconds, connections=connections)


async def answers(writer: StreamWriter, number: int) -> None:
    writer.write(OK)


@pytest.fixture
def short_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_loop, "ANSWER_TIMEOUT", 0.05)


async def test_requests_go_out_in_turn_and_no_earlier_than_due() -> None:
    async with running(answers) as (address, server):
        before = monotonic()
        step = await offered(address, rate=200, seconds=0.2, connections=1)
        assert monotonic() - before >= 39 / 200
    assert (step.offered, step.errors) == (200, 0)
    assert server.connections == 1
    assert server.requests == [REQUESTS[number % 3] for number in range(1, 41)]


async def test_a_stall_shows_in_the_latency_of_all_that_were_due_meanwhile() -> None:
    async def stalls(writer: StreamWriter, number: int) -> None:
        if number == 20:
            await asyncio.sleep(0.3)
        writer.write(OK)

    async with running(stalls) as (address, _):
        step = await offered(address, seconds=0.5, connections=1)
    # Only one request was slow, half a percent of all: if latency counted from when it was sent, p99 would be low.
    assert step.errors == 0
    assert step.p99 > 150
    assert step.p50 > 20


async def test_statuses_of_failure_are_errors() -> None:
    async def fails(writer: StreamWriter, number: int) -> None:
        writer.write(b"HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n" if number % 4 == 0 else OK)

    async with running(fails) as (address, _):
        step = await offered(address)
    assert step.errors == 10
    assert step.achieved <= 300


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n", b"\r\n\r\n12345"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"4\r\n\r\n\r\n\r\n0\r\n\r\n"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
    ],
)
async def test_answers_in_pieces(head: bytes, body: bytes) -> None:
    async def in_pieces(writer: StreamWriter, number: int) -> None:
        for piece in (head[:20], head[20:], body[:3], body[3:]):
            writer.write(piece)
            await asyncio.sleep(0.001)

    async with running(in_pieces) as (address, server):
        step = await offered(address, seconds=0.05, connections=1)
    assert (step.errors, len(server.requests)) == (0, 20)


@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nConnection: close", b"HTTP/1.0 200 OK"])
async def test_a_server_that_says_it_closes_gets_new_connections(head: bytes) -> None:
    async def closes(writer: StreamWriter, number: int) -> None:
        # So that other requests wait when it closes.
        await asyncio.sleep(0.005)
        writer.write(head + b"\r\nContent-Length: 2\r\n\r\n{}")
        writer.close()

    async with running(closes) as (address, server):
        step = await offered(address, seconds=0.05, connections=1)
    assert (step.errors, len(server.requests), server.connections) == (0, 20, 20)


async def test_a_server_that_hangs_up_fails_what_was_under_way() -> None:
    async def hangs_up(writer: StreamWriter, number: int) -> None:
        if number % 10 == 0:
            writer.close()
        else:
            writer.write(OK)

    async with running(hangs_up) as (address, server):
        step = await offered(address)
    assert (step.errors, len(server.requests)) == (4, 40)


async def test_a_server_that_refuses() -> None:
    with pytest.raises(ConnectionRefusedError):
        await offered(urlsplit(f"http://127.0.0.1:{free_port()}"))


@pytest.mark.long
async def test_a_server_that_goes_away_fails_the_rest() -> None:
    gone: list[asyncio.Server] = []

    async def goes_away(writer: StreamWriter, number: int) -> None:
        if number > 10:
            gone[0].close()
            writer.close()
        else:
            writer.write(OK)

    server = Server(goes_away)
    port = free_port()
    gone.append(await asyncio.start_server(server.serve, "127.0.0.1", port))
    step = await offered(urlsplit(f"http://127.0.0.1:{port}"), connections=1)
    assert step.errors == 30
    assert not step.kept_up


@pytest.mark.usefixtures("short_timeout")
@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\n", OK[:-1], b"220 mail.example.org ESMTP\r\n"])
async def test_a_server_that_never_ends_an_answer(said: bytes) -> None:
    async def silent(writer: StreamWriter, number: int) -> None:
        writer.write(said)

    async with running(silent) as (address, _):
        step = await offered(address)
    assert (step.achieved, step.errors, step.p50) == (0, 40, 0)
    assert not step.kept_up
