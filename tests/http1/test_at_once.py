"""What an application may have, and give, without ASGI's messages."""

import time
from typing import Any

import pytest

from tests.http1.serving import serving

GET = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
POST = b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"
FIXED = b"server: a\r\ncontent-type: text/plain\r\n"


async def at_once(scope: dict[str, Any], receive: Any, _: Any) -> None:
    body = scope.get("body")
    if body is None:
        body = b"later " + (await receive())["body"]
    scope.pop("answer")(200, FIXED, [(b"etag", b'"1"')], body)


def test_a_whole_answer() -> None:
    with serving(at_once) as server:
        client = server.connect()
        for _ in range(2):
            status, headers, body = client.send(POST + b"abc").response()
            assert (status, headers["server"], headers["content-type"], headers["etag"], body) == (
                *(200, "a", "text/plain", '"1"', b"abc"),
            )
            assert (headers["content-length"], "date" in headers, "connection" in headers) == ("3", True, False)
        client.send(POST)
        time.sleep(0.05)
        assert client.send(b"abc").response()[2] == b"later abc"
        old = server.connect().send(b"POST /a HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 3\r\n\r\nabc")
        assert old.response()[1]["connection"] == "keep-alive"
        last = server.connect().send(POST.replace(b"Host: a", b"Host: a\r\nConnection: close") + b"abc")
        assert b"connection: close" in last.rest()


def test_answers_to_head_have_no_body() -> None:
    async def page(scope: dict[str, Any], receive: Any, send: Any) -> None:
        scope.pop("answer")(200, FIXED, [], b"page")

    with serving(page) as server:
        client = server.connect().send(
            GET.replace(b"GET", b"HEAD").replace(b"Host: a", b"Host: a\r\nConnection: close")
        )
        rest = client.rest()
        assert (b"content-length: 4\r\n" in rest, rest.endswith(b"\r\n\r\n")) == (True, True)


def test_a_large_answer() -> None:
    async def large(scope: dict[str, Any], receive: Any, send: Any) -> None:
        scope.pop("answer")(200, FIXED, [], b"x" * 100_000)

    with serving(large) as server:
        client = server.connect()
        assert client.send(GET).response()[2] == b"x" * 100_000
        assert client.send(GET).response()[0] == 200


@pytest.mark.parametrize(
    "broken",
    [
        (b"location", b"/\r\nset-cookie: a=b"),
        (b"location", b"/\nset-cookie: a=b"),
        (b"location", b"/\rset-cookie: a=b"),
        (b"location", b"/\n"),
        (b"location", b"\r"),
        (b"a\nset-cookie", b"a=b"),
    ],
)
def test_a_header_cannot_hold_another(broken: tuple[bytes, bytes]) -> None:
    async def injecting(scope: dict[str, Any], receive: Any, send: Any) -> None:
        scope.pop("answer")(200, FIXED, [(b"etag", b'"1"'), broken], b"")

    with serving(injecting) as server:
        status, headers, _ = server.connect().send(GET).response()
        assert (status, "set-cookie" in headers) == (500, False)


def test_lengths() -> None:
    sizes = [0, 1, 9, 10, 2046, 2047, 2048, 2049, 64 * 1024 - 1, 64 * 1024]

    async def sized(scope: dict[str, Any], receive: Any, send: Any) -> None:
        scope.pop("answer")(200, FIXED, [], b"x" * int(scope["path"][1:]))

    with serving(sized) as server:
        client = server.connect()
        for size in sizes:
            _, headers, body = client.send(GET.replace(b"/a", b"/%d" % size)).response()
            assert (headers["content-length"], len(body)) == (str(size), size)


def test_statuses_without_a_body_have_no_length() -> None:
    async def nothing(scope: dict[str, Any], receive: Any, send: Any) -> None:
        scope.pop("answer")(204, FIXED, [], b"")

    with serving(nothing) as server:
        client = server.connect()
        for _ in range(2):
            assert "content-length" not in client.send(GET).response()[1]
