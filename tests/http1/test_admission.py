"""How many requests are worked on at once."""

import asyncio
import time
from typing import Any

import pytest

from api.http1.admission import BURST, FLOOR, WAIT, Admission
from tests.http1.serving import TICK, respond, serving

GET = b"GET /%b HTTP/1.1\r\nHost: a\r\n\r\n"


def answer(admission: Admission, number: int) -> None:
    """Admit requests and answer as many in half a second."""
    admission.in_flight += number
    for _ in range(number):
        admission.end()
    admission.tick(0.5)


def test_the_limit_follows_the_rate() -> None:
    admission = Admission()
    assert admission.limit == BURST
    answer(admission, 10_000)
    assert (admission.limit, admission.in_flight) == (20_000 * WAIT, 0)
    for _ in range(20):
        answer(admission, 1)
    assert admission.limit == BURST


def test_an_overload_that_lasts_is_no_burst() -> None:
    admission = Admission()
    admission.in_flight = 1000
    answer(admission, 500)
    assert admission.limit == BURST
    for _ in range(3):
        answer(admission, 500)
        assert admission.limit == 1000 * WAIT
    # When even less is answered, some are admitted still.
    for _ in range(20):
        answer(admission, 0)
    assert admission.limit == FLOOR
    # It's over once few requests are in progress.
    admission.in_flight = FLOOR - 1
    answer(admission, 0)
    assert admission.limit == FLOOR
    admission.in_flight = 1
    answer(admission, 0)
    assert admission.limit == BURST


def test_what_is_over_the_limit_is_refused_at_the_next_tick_and_the_vital_answered(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    release: asyncio.Event | None = None
    started = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        nonlocal release
        if scope["path"] == "/held":
            release = release or asyncio.Event()
            started.append(1)
            await release.wait()
        elif scope["path"] == "/release":
            assert release
            release.set()
        await respond(send, b"done")

    with serving(app) as server:
        monkeypatch.setattr(server.connections.admission, "tick", lambda _: None)
        admission = server.connections.admission
        admission.limit = admission.sustained = 8
        held = [server.connect().send(GET % b"held") for _ in range(8)]
        while len(started) < 8:
            pass
        # Refused without work, again and again on one connection, with a body too.
        client = server.connect()
        for _ in range(3):
            status, headers, body = client.send(GET % b"other").response()
            assert (status, body, "connection" in headers) == (503, b"too_busy", False)
        post = b"POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"
        status, headers, _ = client.send(post).response()
        assert (status, headers["connection"]) == (503, "close")
        client.send(b"abc")
        assert client.rest() == b""
        assert server.connect().send(GET % b"vital").response()[0] == 200
        # One for which there is room by the next tick is answered, and room for a burst is none.
        monkeypatch.setattr(admission, "tick", lambda _: setattr(admission, "limit", 9))
        assert server.connect().send(GET % b"held").response()[0] == 503
        admission.limit = 8
        monkeypatch.setattr(admission, "tick", lambda _: setattr(admission, "sustained", 9))
        assert server.connect().send(GET % b"other").response()[0] == 200
        # Those that were admitted are answered, and then others are.
        assert server.connect().send(GET % b"release").response()[0] == 200
        assert {each.response()[0] for each in held} == {200}
        assert server.connect().send(GET % b"other").response()[0] == 200
        while not caplog.records:
            time.sleep(TICK)
    told = vars(caplog.records[0])
    assert told["event"] == "overload"
    assert 1 <= told["refused"] <= 5
