"""Requests as bytes: what is answered, what is refused, and that nothing hides in a request."""

import socket
from collections.abc import Iterator
from time import sleep
from typing import Any

import pytest

from api.http1.limits import HEAD_BYTES, HEADER_LINES
from tests.http1.serving import Server, echo, respond, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving(echo) as server:
        yield server


GET = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: a\r\n"


@pytest.mark.parametrize(
    ("sent", "body"),
    [
        (GET, b"/a "),
        (b"\r\n" + GET, b"/a "),
        (b"GET /%C3%A9%20b?x=1 HTTP/1.1\r\nHost: a\r\n\r\n", "/é b ".encode()),
        (b"GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", "/\ufffd ".encode()),
        (b"GET http://elsewhere/a?b HTTP/1.1\r\nHost: a\r\n\r\n", b"/a "),
        (b"GET HTTPS://elsewhere?b HTTP/1.1\r\nHost: a\r\n\r\n", b"/ "),
        (b"GET /a#b?c HTTP/1.1\r\nHost: a\r\n\r\n", b"/a "),
        (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", b"* "),
        (POST + b"Content-Length: 3\r\n\r\nabc", b"/a abc"),
        (POST + b"Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\n\r\n", b"/a abc"),
        (POST + b"Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n", b"/a "),
        (b"GET /a HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", b"/a "),
        (POST + b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: 3\r\n\r\nabc", b"/a abc"),
        (
            POST + b"Upgrade: h2c\r\nConnection: Upgrade\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
            b"/a a",
        ),
        (POST + b"Upgrade: h2c\r\nConnection: Upgrade\r\nContent-Length: 0\r\n\r\n", b"/a "),
    ],
)
@pytest.mark.parametrize("piecewise", [False, True])
def test_requests_that_are_answered(server: Server, sent: bytes, body: bytes, piecewise: bool) -> None:
    client = server.connect()
    for part in [sent[i : i + 1] for i in range(len(sent))] if piecewise else [sent]:
        client.send(part)
    status, headers, answered = client.response()
    assert (status, answered) == (200, body)
    assert headers["date"].endswith(" GMT")
    assert "connection" not in headers
    assert client.send(GET).response()[2] == b"/a "


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", 400),
        (b"FOO /a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET a HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"GET /a\nHost: a\n\n", 400),
        (b"GET /a HTTP/1.1\r\nHost : a\r\n\r\n", 400),
        (b"GET /a HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", 400),
        (b"GET /a HTTP/1.1\r\nX: a\0b\r\n\r\n", 400),
        (b"GET /a HTTP/1.1\r\nX: a\rb\r\n\r\n", 400),
        (b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
        (POST + b"Content-Length: +1\r\n\r\na", 400),
        (POST + b"Content-Length: 99999999999999999999\r\n\r\na", 400),
        (POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501),
        (POST + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 501),
        (b"POST /a HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"GET /a HTTP/2.0\r\nHost: a\r\n\r\n", 505),
        (b"GET /a HTTP/2.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", 505),
        (b"GET /a\r\n\r\n", 505),
        (b"GET /a HTTP/1.1\r\n" + b"X: a\r\n" * (HEADER_LINES + 1) + b"\r\n", 431),
        (b"GET /a HTTP/1.1\r\n" + b"X: a\r\n" * (HEADER_LINES + 2), 431),
        (b"GET /a HTTP/1.1\r\nX: " + b"a" * (HEAD_BYTES + 1), 431),
        (b"GET /" + b"a" * (HEAD_BYTES + 1), 431),
    ],
)
def test_requests_that_are_refused(server: Server, sent: bytes, status: int) -> None:
    client = server.connect().send(sent)
    answered, headers, _ = client.response()
    assert (answered, headers["connection"]) == (status, "close")
    # Nothing after it is taken for a request.
    assert client.send(GET).rest() == b""


@pytest.mark.parametrize("framing", [b"0x3\r\nabc\r\n", b"3\nabc\r\n", b"3\r\nabcd\r\n", b"fffffffffffffffff\r\n"])
def test_a_body_in_malformed_chunks_is_cut_off(server: Server, framing: bytes) -> None:
    client = server.connect().send(POST + b"Transfer-Encoding: chunked\r\n\r\n" + framing)
    status, headers, _ = client.response()
    assert (status, headers["connection"]) == (200, "close")
    assert client.send(GET).rest() == b""


def test_chunks_may_not_be_mostly_framing(server: Server) -> None:
    client = server.connect().send(POST + b"Transfer-Encoding: chunked\r\n\r\n")
    for _ in range(200):
        client.send(b"1;" + b"x" * 4000 + b"\r\na\r\n")
    assert client.response()[1]["connection"] == "close"


def test_trailers_are_no_headers() -> None:
    seen = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await echo(scope, receive, send)
        seen.append(scope["headers"])

    with serving(app) as server:
        client = server.connect()
        client.send(POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nAuthorization: Bearer b\r\n\r\n")
        assert client.response()[2] == b"/a a"
        assert client.send(GET).response()[0] == 200
    assert seen == [[(b"host", b"a"), (b"transfer-encoding", b"chunked")], [(b"host", b"a")]]


@pytest.mark.parametrize("pieces", [1, 2, 7])
def test_the_application_is_told_of_a_head_what_is_known(pieces: int) -> None:
    told: list[tuple[Any, int, list[tuple[bytes, bytes]]]] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        told.append((scope.get("fields"), scope["head_size"], scope["headers"]))
        await echo(scope, receive, send)

    long = b"X: " + b"x" * 9000 + b"\r\n"
    heads = [GET, GET[:-2] + long + b"\r\n", GET[:-2] + b"Accept: b\r\naccept: c\r\n\r\n"]
    with serving(app) as server:
        for head in heads:
            client = server.connect()
            for start in range(0, len(head), len(head) // pieces + 1):
                client.send(head[start : start + len(head) // pieces + 1])
                sleep(0.02)
            assert client.response()[0] == 200
        client = server.connect().send(b"".join(heads))
        assert [client.response()[0] for _ in heads] == [200] * len(heads)
    for (fields, size, lines), head in zip(told, heads * 2, strict=True):
        # None where a name is there twice.
        assert fields == (None if len(dict(lines)) < len(lines) else dict(lines))
        assert size >= len(head)


def test_outer_spaces_are_no_part_of_a_value() -> None:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await respond(send, repr(scope["headers"]).encode())

    with serving(app) as server:
        client = server.connect().send(b"GET / HTTP/1.1\r\nHost: \t a b \t\r\nEmpty:  \r\n\r\n")
        assert client.response()[2] == b"[(b'host', b'a b'), (b'empty', b'')]"


def test_pipelined_requests_are_answered_in_order(server: Server) -> None:
    number = 200
    client = server.connect()
    client.send(b"".join(b"POST /%d HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx" % i for i in range(number)))
    assert [client.response()[2] for _ in range(number)] == [b"/%d x" % i for i in range(number)]
    client.send(GET + b"nonsense\r\n\r\n" + GET)
    assert [client.response()[0] for _ in range(2)] == [200, 400]
    assert client.rest() == b""


@pytest.mark.parametrize(
    ("sent", "connection", "stays"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", None, True),
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "close", False),
        (b"GET / HTTP/1.0\r\n\r\n", "close", False),
        (b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "keep-alive", True),
        (b"GET / HTTP/1.0\r\nProxy-Connection: keep-alive\r\n\r\n", "keep-alive", True),
        (b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\n\r\n", None, True),
    ],
)
def test_who_keeps_the_connection(server: Server, sent: bytes, connection: str | None, stays: bool) -> None:
    client = server.connect().send(sent)
    assert client.response()[1].get("connection") == connection
    if stays:
        assert client.send(sent).response()[0] == 200
    else:
        assert client.send(GET).rest() == b""


def test_a_client_that_has_said_all_is_answered(server: Server) -> None:
    client = server.connect().send(GET + GET)
    client.socket.shutdown(socket.SHUT_WR)
    assert client.response()[0] == 200
    assert client.response()[0] == 200
    assert client.rest() == b""
