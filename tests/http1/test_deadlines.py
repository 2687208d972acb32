"""Clients that are silent, slow, or many."""

import asyncio
import resource
import socket
import time
from typing import Any

import pytest

from api.http1.limits import LEAST_RATE, Limits
from tests.counting import counting
from tests.http1.serving import Client, echo, respond, serving
from tests.waiting import LONGEST, until

GET = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n"


@pytest.mark.parametrize(
    ("limits", "sent"),
    [
        (Limits(idle=0.1), b""),
        (Limits(head=0.1), b"G"),
        (Limits(head=0.1), b"GET / HTTP/1.1\r\nHost: a\r\n"),
        (Limits(head=0.1, idle=60), b"\r\n\r\nG"),
        (Limits(head=0.1, body=0.1), POST),
        (Limits(head=0.1, body=0.1), POST + b"x" * 10),
        (Limits(head=0.1, body=0.1), b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"),
    ],
)
def test_a_client_that_says_no_more_is_told_so(limits: Limits, sent: bytes) -> None:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        # As the application does with problems.
        try:
            await echo(scope, receive, send)
        except Exception as error:  # noqa: BLE001
            await respond(send, str(error).encode(), error.type.status)  # type: ignore[attr-defined]

    with serving(app, limits) as server:
        client = server.connect().send(sent)
        status, headers, body = client.response()
        assert (status, body, headers["connection"]) == (408, b"request_timeout", "close")
        assert client.send(GET).rest() == b""


def test_a_connection_that_is_idle_after_an_answer_is_closed() -> None:
    with serving(echo, Limits(idle=0.5)) as server:
        client = server.connect().send(GET)
        assert client.response()[0] == 200
        # A request that crosses this is known not to be done.
        assert client.response()[0] == 408
        assert client.send(GET).rest() == b""


def test_a_body_may_be_slow_but_not_slower_than_the_least_rate() -> None:
    with serving(echo, Limits(head=0.1, body=1)) as server:
        client = server.connect().send(POST.replace(b"1000", b"2000"))
        for _ in range(20):
            client.send(b"x" * 100)
            time.sleep(100 / LEAST_RATE / 2)
        assert client.response()[0] == 200


def test_an_application_may_take_its_time() -> None:
    async def slow(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await asyncio.sleep(0.4)
        await respond(send, b"late")

    with serving(slow, Limits(head=0.1, body=0.1, idle=0.1, send=0.1)) as server:
        client = server.connect().send(GET)
        assert client.response()[2] == b"late"


def test_a_client_that_reads_nothing_is_cut_off() -> None:
    body = b"x" * 8_000_000

    async def large(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await respond(send, body)

    with serving(large, Limits(send=1)) as server:
        silent = server.connect(receive_buffer=4096).send(GET)
        until(lambda: len(server.connections) == 1)
        until(lambda: len(server.connections) == 0)
        with pytest.raises((ConnectionError, AssertionError)):
            silent.response()
        # One that reads gets it all, however long that takes.
        assert server.connect().send(GET).response()[2] == body


def test_a_client_that_sends_without_reading_is_held_up() -> None:
    served = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        served.append(1)
        await respond(send, b"x" * 100_000)

    with serving(app) as server:
        client = server.connect(receive_buffer=4096)
        client.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            client.send(GET * 2_000_000)
        # Bounded by buffers, not by what was asked for.
        assert sum(served) < 1000


def is_open(client: Client) -> bool:
    """Whether a client gets an answer."""
    try:
        client.send(GET)
        return client.response()[0] == 200
    except (ConnectionError, AssertionError):
        return False


def test_an_address_has_a_number_of_connections() -> None:
    with serving(echo, Limits(connections_per_address=3)) as server:
        clients = [server.connect() for _ in range(3)]
        assert all(map(is_open, clients))
        with counting() as counted:
            assert not is_open(server.connect())
        assert counted("nestwerk_http_refused_connections_total") == 1
        clients[0].socket.close()
        until(lambda: len(server.connections) == 2)
        assert is_open(server.connect())
    with serving(echo, Limits(connections_per_address=3), unlimited=lambda address: address == "127.0.0.1") as server:
        assert all(map(is_open, [server.connect() for _ in range(9)]))


@pytest.mark.long
def test_idle_connections_make_room_for_new_ones() -> None:
    with serving(echo, Limits(connections=16, connections_per_address=1000)) as server:
        silent = [server.connect() for _ in range(60)]
        # The system holds them until there is room, which the idle ones make.
        assert all(is_open(server.connect()) for _ in range(20))
        assert len(server.connections) <= 16
        assert silent[0].response()[0] == 408


def test_files_that_run_out() -> None:
    with serving(echo) as server:
        limits = resource.getrlimit(resource.RLIMIT_NOFILE)
        client = server.connect()
        last = socket.socket()
        resource.setrlimit(resource.RLIMIT_NOFILE, (last.fileno() + 1, limits[1]))
        try:
            client.send(GET)
            later = Client.__new__(Client)
            later.socket, later._left = last, bytearray()
            last.settimeout(LONGEST)
            last.connect(("127.0.0.1", server.port))
            last.sendall(GET)
            time.sleep(0.1)
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        # It waits until there is a file for it.
        assert later.response()[0] == client.response()[0] == 200
        last.close()


def test_an_answer_is_in_time_while_others_wait() -> None:
    with serving(echo, Limits(head=0.3)) as server:
        half = [server.connect().send(b"GET /") for _ in range(50)]
        assert is_open(server.connect())
        assert {client.response()[0] for client in half} == {408}
