"""How a server stops: what was asked is answered, and who comes too late can tell."""

import asyncio
import threading
from typing import Any

import pytest

from api.http1 import connections
from api.http1.limits import Limits
from tests.http1.serving import PATIENCE, Server, echo, respond, serving
from tests.waiting import until

GET = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"


def stop(server: Server) -> None:
    """Have a server stop, and wait until it has begun to."""
    server.begin_to_stop()
    until(lambda: server.connections.is_stopping)


def test_requests_in_progress_are_answered() -> None:
    begun, go_on = threading.Event(), threading.Event()

    async def slow(scope: dict[str, Any], receive: Any, send: Any) -> None:
        begun.set()
        while not go_on.is_set():
            await asyncio.sleep(0.01)
        await echo(scope, receive, send)

    with serving(slow) as server:
        client = server.connect().send(GET + GET)
        until(begun.is_set)
        stop(server)
        go_on.set()
        assert client.response()[0] == 200
        status, headers, _ = client.response()
        assert (status, headers["connection"]) == (200, "close")
        assert client.rest() == b""


def test_a_request_on_its_way_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    # Half a second may be over before a slow machine has sent it.
    monkeypatch.setattr(connections, "FAREWELL_SECONDS", 2)
    with serving(echo) as server:
        client = server.connect().send(GET)
        assert client.response()[0] == 200
        stop(server)
        status, headers, _ = client.send(GET).response()
        assert (status, headers["connection"]) == (200, "close")


def test_an_idle_connection_is_told_that_nothing_was_done() -> None:
    with serving(echo) as server:
        clients = [server.connect().send(sent) for sent in (b"", GET, b"GET / HT")]
        assert clients[1].response()[0] == 200
        until(lambda: len(server.connections) == 3)
        server.begin_to_stop()
        for client in clients:
            status, headers, _ = client.response()
            assert (status, headers["connection"]) == (408, "close")
            assert client.rest() == b""


@pytest.mark.long
def test_half_a_body_does_not_hold_it_up() -> None:
    with serving(echo, Limits(head=60, body=60)) as server:
        client = server.connect().send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc")
        until(lambda: len(server.connections) == 1)
        server.begin_to_stop()
        # The application reads no more of it, long before the minute that a body may take.
        assert client.response()[0] == 500


def test_busy_clients_lose_no_request() -> None:
    """Clients that send the next request as soon as they have an answer."""
    failed: list[object] = []
    answered = [0] * 20

    def ask(index: int, server: Server) -> None:
        client = server.connect()
        try:
            while True:
                client.send(GET)
                status, headers, _ = client.response()
                assert status == 200
                answered[index] += 1
                if headers.get("connection") == "close":
                    return
        except (AssertionError, OSError) as error:
            failed.append(error)

    with serving(echo) as server:
        threads = [threading.Thread(target=ask, args=(index, server)) for index in range(20)]
        for thread in threads:
            thread.start()
        until(lambda: failed or min(answered) >= 20)
        server.begin_to_stop()
        for thread in threads:
            thread.join(PATIENCE)
    assert failed == []


def test_surplus_connections_are_closed_after_an_answer() -> None:
    with serving(echo) as server:
        clients = [server.connect() for _ in range(3)]
        server.connections.surplus = 2
        closed = 0
        for client in clients:
            status, headers, _ = client.send(GET).response()
            assert status == 200
            closed += headers.get("connection") == "close"
        assert closed == 2


@pytest.mark.parametrize("started", [False, True])
def test_an_application_that_fails(started: bool) -> None:
    async def broken(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if started:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"half", "more_body": True})
        raise RuntimeError("secret")

    with serving(broken) as server:
        client = server.connect().send(GET)
        if started:
            # Without the last chunk, so the client can tell that it isn't all.
            assert client.rest().endswith(b"4\r\nhalf\r\n")
        else:
            status, _, body = client.response()
            assert (status, body) == (500, b"internal_error")


def test_a_header_cannot_hold_another() -> None:
    async def injecting(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await respond(send, b"", headers=[(b"location", b"/\r\nset-cookie: a=b")])

    with serving(injecting) as server:
        status, headers, _ = server.connect().send(GET).response()
        assert (status, "set-cookie" in headers) == (500, False)


def test_answers_in_parts() -> None:
    async def parts(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part in (b"one", b"", b"two" * 100_000):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})

    whole = b"one" + b"two" * 100_000
    with serving(parts) as server:
        client = server.connect().send(GET.replace(b"Host: a", b"Host: a\r\nConnection: close"))
        head, _, body = client.rest().partition(b"\r\n\r\n")
        assert b"transfer-encoding: chunked" in head
        assert body == b"3\r\none\r\n%x\r\n%b\r\n0\r\n\r\n" % (300_000, b"two" * 100_000)
        old = server.connect().send(b"GET / HTTP/1.0\r\n\r\n")
        head, _, body = old.rest().partition(b"\r\n\r\n")
        assert b"chunked" not in head
        assert body == whole


def test_statuses_without_a_body_have_no_length() -> None:
    async def nothing(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await respond(send, b"", 204)

    with serving(nothing) as server:
        client = server.connect()
        for _ in range(2):
            assert "content-length" not in client.send(GET).response()[1]
