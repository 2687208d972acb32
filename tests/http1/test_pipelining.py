"""Requests that are sent ahead of the answers: none is lost, done too late or taken without bounds."""

import asyncio
import threading
import time
from typing import Any

import pytest

from api.http1.limits import UNREAD_BYTES, Limits
from tests.http1.serving import LONG, Client, Server, echo, respond, serving
from tests.waiting import until

GET = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
LARGE = b"x" * 4_000_000


async def large(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await respond(send, LARGE)


def statuses(client: Client, requests: bytes, number: int) -> set[int]:
    """Statuses of answers to requests that are sent at once."""
    sender = threading.Thread(target=client.send, args=(requests,))
    sender.start()
    try:
        return {client.response()[0] for _ in range(number)}
    finally:
        sender.join()


@pytest.mark.parametrize("request_", [GET, GET[:-2] + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n"])
def test_any_number_may_be_sent_at_once(request_: bytes) -> None:
    with serving(echo) as server:
        assert statuses(server.connect(), request_ * 6000, 6000) == {200}


def overload(server: Server) -> None:
    server.connections.admission.in_flight = 1_000_000


def test_all_are_refused_when_the_service_is_busy() -> None:
    with serving(echo) as server:
        overload(server)
        post = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"
        assert statuses(server.connect(), (GET + post) * 1000, 2000) == {503}


def test_none_is_done_after_the_last_answer() -> None:
    done = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        done.append(scope["path"])
        await respond(send, b"early", 401)

    with serving(app) as server:
        client = server.connect().send(b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n")
        assert client.response()[1]["connection"] == "close"
        client.send(b"abc" + GET)
        assert client.rest() == b""
        client.socket.close()
        until(lambda: len(server.connections) == 0)
    assert done == ["/a"]


def test_none_is_done_after_an_answer_that_failed() -> None:
    done = []

    async def broken(scope: dict[str, Any], receive: Any, send: Any) -> None:
        done.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError("secret")

    with serving(broken) as server:
        server.connect().send(GET * 3).rest()
        assert done == ["/a"]


@pytest.mark.long
def test_a_client_with_a_large_body_is_held_up_too() -> None:
    taken = []
    go_on = threading.Event()

    async def slow(scope: dict[str, Any], receive: Any, send: Any) -> None:
        taken.append(scope["path"])
        await asyncio.sleep(0.2)
        await receive()
        while not go_on.is_set():
            await asyncio.sleep(0.01)

    # It's only held up by the last bytes of it, which come with the next requests.
    body = b"x" * (UNREAD_BYTES + 100)
    with serving(slow) as server:
        client = server.connect()
        client.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            client.send(
                b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body) + body + GET * 1_000_000
            )
        assert taken == ["/a"]
        go_on.set()


def test_a_client_that_was_held_up_may_go_on_after_an_early_answer() -> None:
    async def slow(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await asyncio.sleep(0.2)
        await respond(send, b"early")

    with serving(slow) as server:
        client = server.connect()
        for size in (260_000, 262_145, 300_000):
            client.send(b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % size + b"x" * size)
            _, headers, body = client.response()
            assert body == b"early"
            if headers.get("connection") == "close":
                client = server.connect()


@pytest.mark.parametrize("ends", [False, True])
def test_a_client_that_reads_late_gets_all_answers(ends: bool) -> None:
    with serving(large, Limits(idle=0.5, body=0.5, head=0.5, send=60)) as server:
        client = server.connect(receive_buffer=4096).send(GET * 3)
        if ends:
            client.socket.shutdown(1)
        time.sleep(0.8)
        assert [client.response()[2] == LARGE for _ in range(3)] == [True] * 3


def test_a_stopping_server_answers_a_client_that_reads_late() -> None:
    with serving(large) as server:
        client = server.connect(receive_buffer=4096).send(GET * 3)
        until(lambda: len(server.connections) == 1)
        server.begin_to_stop()
        time.sleep(0.8)
        assert [client.response()[0] for _ in range(3)] == [200] * 3
        assert client.rest() == b""


@pytest.mark.long
def test_a_client_that_reads_all_the_time_is_not_cut_off() -> None:
    """Though some of an answer is always left to send."""
    parts = 200

    async def streaming(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"13107200")]})
        for number in range(parts):
            await send({"type": "http.response.body", "body": b"x" * 65536, "more_body": number < parts - 1})

    with serving(streaming, Limits(send=1)) as server:
        client = server.connect(receive_buffer=100_000).send(GET)
        received = 0
        while received < parts * 65536:
            part = client.socket.recv(50_000)
            assert part
            received += len(part)
            time.sleep(0.01)


def test_a_connection_ends_after_an_answer_during_which_the_client_said_its_last() -> None:
    async def streaming(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"one", "more_body": True})
        await asyncio.sleep(0.2)
        await send({"type": "http.response.body", "body": b"two"})

    with serving(streaming, LONG) as server:
        client = server.connect().send(GET)
        client.socket.recv(1)
        client.socket.shutdown(1)
        assert client.rest().endswith(b"two\r\n0\r\n\r\n")
