"""Answers in parts: as fast as the client takes them, and no longer than it's there."""

import asyncio
import threading
from typing import Any

from tests.http1.serving import echo, respond, serving
from tests.waiting import until

GET = b"GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
PART = b"x" * 64 * 1024
START = {"type": "http.response.start", "status": 200, "headers": []}


def test_no_more_is_made_than_the_client_takes() -> None:
    made = []
    ended: list[str] = []

    async def endless(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await send(START)
        try:
            while True:
                made.append(1)
                await send({"type": "http.response.body", "body": PART, "more_body": True})
        except ConnectionResetError:
            ended.append("gone")

    with serving(endless) as server:
        client = server.connect(receive_buffer=16 * 1024).send(GET)
        until(lambda: bool(made))
        # Once it waits for the client, it counts no more among those that are to be answered soon.
        until(lambda: server.connections.admission.in_flight == 0)
        client.socket.recv(1)
        before = len(made)
        assert before < 200
        client.socket.close()
        until(lambda: ended == ["gone"])
        assert server.connections.admission.in_flight == 0


def test_others_are_answered_meanwhile() -> None:
    go_on = threading.Event()

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] == "/b":
            await echo(scope, receive, send)
            return
        await send(START)
        for part in (b"one", b"two"):
            await send({"type": "http.response.body", "body": part, "more_body": True})
            while not go_on.is_set():
                await asyncio.sleep(0.01)
        await send({"type": "http.response.body"})

    with serving(app) as server:
        streaming = server.connect().send(GET.replace(b"Host: a", b"Host: a\r\nConnection: close"))
        assert server.connect().send(GET.replace(b"/a", b"/b")).response()[2] == b"/b "
        go_on.set()
        assert streaming.rest().endswith(b"\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n")


def test_head_has_no_body_and_no_length() -> None:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] == "/b":
            await respond(send, b"b")
            return
        await send(START)
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        await send({"type": "http.response.body"})

    with serving(app) as server:
        client = server.connect().send(GET.replace(b"GET", b"HEAD"))
        _, headers, body = client.response()
        assert body == b""
        assert not {"content-length", "transfer-encoding"} & headers.keys()
        # The connection goes on.
        assert client.send(GET.replace(b"/a", b"/b")).response()[2] == b"b"
