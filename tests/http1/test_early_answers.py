"""Answers that are sent while the body still comes: they arrive, and the client is heard out."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from api.http1.limits import DROPPED_BYTES, UNREAD_BYTES, Limits
from tests.http1.serving import Server, early, echo, respond, serving
from tests.waiting import until

MEGABYTE = 1_000_000


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(early) as server:
        yield server


def post(length: int, *more: bytes) -> bytes:
    return b"\r\n".join([b"POST / HTTP/1.1", b"Host: a", b"Content-Length: %d" % length, *more, b"", b""])


@pytest.mark.parametrize("size", [1, 20_000, MEGABYTE, DROPPED_BYTES - MEGABYTE])
def test_a_client_that_sends_all_first_gets_the_answer(server: Server, size: int) -> None:
    for _ in range(5):
        client = server.connect().send(post(size)).send(b"x" * size)
        status, headers, body = client.response()
        assert (status, body) == (401, b"early")
        # Nothing is left, so the server closes: no reset.
        if headers.get("connection") == "close":
            assert client.rest() == b""


def test_the_answer_comes_before_the_body(server: Server) -> None:
    client = server.connect().send(post(MEGABYTE))
    status, headers, _ = client.response()
    assert (status, headers["connection"]) == (401, "close")
    client.send(b"x" * MEGABYTE)
    assert client.rest() == b""


def test_chunks_are_dropped_too(server: Server) -> None:
    client = server.connect().send(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
    assert client.response()[0] == 401
    client.send(b"%x\r\n%b\r\n" % (MEGABYTE, b"x" * MEGABYTE) + b"0\r\n\r\n")
    assert client.rest() == b""


def test_not_without_end(server: Server) -> None:
    client = server.connect().send(post(2**40))
    assert client.response()[0] == 401
    with pytest.raises(ConnectionError):
        client.send(b"x" * 100 * MEGABYTE)


def test_nor_without_a_limit_in_time() -> None:
    with serving(early, Limits(body=0.1)) as server:
        client = server.connect().send(post(100))
        assert client.response()[0] == 401
        # The client sends nothing, and is told by the end of the connection.
        assert client.rest() == b""


def test_a_client_that_asks_first_is_not_told_to_go_on(server: Server) -> None:
    client = server.connect().send(post(MEGABYTE, b"Expect: 100-continue"))
    assert client.response()[0] == 401
    assert client.rest() == b""


def test_a_client_that_asks_first_is_told_to_go_on_when_the_body_is_read() -> None:
    with serving(echo) as server:
        for _ in range(2):
            client = server.connect().send(post(3, b"Expect: 100-Continue"))
            assert client.response()[0] == 100
            assert client.send(b"abc").response()[2] == b"/ abc"
            assert client.send(post(3)).send(b"abc").response()[2] == b"/ abc"
        # It may send the body without waiting.
        client = server.connect().send(post(3, b"Expect: 100-continue") + b"abc")
        assert client.response()[2] == b"/ abc"


def test_a_client_is_held_up_until_the_body_is_read() -> None:
    """What it sends meanwhile stays in the system's buffers, not in the service's memory."""
    held = []

    async def slow(scope: dict[str, Any], receive: Any, send: Any) -> None:
        exchange = receive.__self__
        while not exchange.is_backed_up:
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.2)
        held.append(exchange._unread)
        await echo({"path": "/"}, receive, send)

    size = 20 * MEGABYTE
    with serving(slow) as server:
        client = server.connect().send(post(size)).send(b"x" * size)
        assert client.response()[2] == b"/ " + b"x" * size
    assert UNREAD_BYTES < held[0] < 2 * UNREAD_BYTES + 1


def test_a_client_that_was_held_up_gets_an_early_answer() -> None:
    async def slow(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await asyncio.sleep(0.2)
        await respond(send, b"early", 403)

    with serving(slow) as server:
        client = server.connect().send(post(4 * MEGABYTE)).send(b"x" * 4 * MEGABYTE)
        assert client.response()[0] == 403
        assert client.rest() == b""


def test_a_body_that_is_cut_off() -> None:
    ended = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        while (message := await receive())["type"] == "http.request":
            assert message["more_body"]
        ended.append(message["type"])
        await respond(send, b"cut off", 400)

    with serving(app) as server:
        client = server.connect().send(post(100) + b"x")
        client.socket.shutdown(1)
        assert client.response()[2] == b"cut off"
        assert client.rest() == b""
        server.connect().send(post(100) + b"x").socket.close()
        until(lambda: len(ended) == 2)
    assert ended == ["http.disconnect"] * 2
